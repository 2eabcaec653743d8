/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking through a store: what the sub-commands of vmcollectd share. */
#ifndef COLLECTOR_WALK_H
#define COLLECTOR_WALK_H

#include <sys/stat.h>

#include "netstream/collector/store.h"

/* As much of a text file is looked at. */
#define WALK_TEXT_MAX (4U << 20)

/* Splits "CLIENT[/SESSION]"; -ENOENT for what cannot be a name. */
int walk_split(const char *what, struct object_name *name);

/* Calls fn for each visible entry, sorted: the number of entries or -errno. */
int walk_entries(int dir, void (*fn)(void *arg, int dir, const char *name),
		 void *arg);

/*
 * Calls fn for each session of a store, with the open directories of its
 * client and of itself; the object of the name is empty.
 */
void walk_sessions(int store,
		   void (*fn)(void *arg, int client, int session,
			      const struct object_name *name),
		   void *arg);

/* A file of a session, an object or an unfinished one. */
struct walk_file {
	int dir; /* that holds it */
	const char *leaf; /* its name there */
	const char *path; /* from the session's directory */
	struct stat st;
};

/*
 * Calls fn for each of them, sorted; names that nobody can have uploaded are
 * not seen.
 */
void walk_files(int session, void (*fn)(void *arg, const struct walk_file *),
		void *arg);

/*
 * The file's text, or that of the unfinished one, with a blank for each NUL,
 * in memory of the caller.  NULL: there is none.
 */
char *walk_text(int dir, const char *name);

#endif
