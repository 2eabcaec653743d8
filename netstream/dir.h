/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory of a session, where objects are files: DIR/SESSION/NAME.
 * Until its end an object is NAME.incomplete, and no finished object is ever
 * written over.
 *
 * Functions return 0 or -errno, ENOSPC for EDQUOT too, and log nothing.  What
 * failed can be called again.
 */
#ifndef NETSTREAM_DIR_H
#define NETSTREAM_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name.h"

struct dir {
	int session_fd; /* DIR/SESSION; -1 unless open */
	int object_fd; /* directory of the object; -1 between objects */
	int fd; /* NAME.incomplete; -1 between objects */
	char name[NAME_LEN_MAX + 1];
	char partial[NAME_LEN_MAX + sizeof(NAME_INCOMPLETE)];
};

void dir_init(struct dir *dir);

/* Directories that are missing are made. */
int dir_open(struct dir *dir, const char *path, const char *session);

/* Leaves an object that has not ended as it is. */
void dir_close(struct dir *dir);

/* An object that is there is -EEXIST; what is there of it is cut off. */
int dir_begin(struct dir *dir, const char *object);

int dir_write(struct dir *dir, uint64_t off, const void *buf, size_t len);

/* After -ENOSPC: false as long as the disk is known to have none. */
bool dir_has_room(const struct dir *dir);

/* What was written is on disk then, and no longer in the page cache. */
int dir_sync(struct dir *dir);

/* The object has its name then, on disk. */
int dir_end(struct dir *dir);

#endif
