/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of sessions and objects, the same for the client and the server: they
 * become paths, and stand in log lines as they are.
 */
#ifndef NETSTREAM_NAME_H
#define NETSTREAM_NAME_H

#include <stdbool.h>

#define NAME_LEN_MAX 128
/* Behind the name of an object that is not finished. */
#define NAME_INCOMPLETE ".incomplete"

/* [A-Za-z0-9._:+-], not starting with a dot. */
bool name_is_component(const char *name);

/* Ends in NAME_INCOMPLETE. */
bool name_is_unfinished(const char *name);

/*
 * One or two such components with a '/' between them, that do not end in
 * NAME_INCOMPLETE: that would be another object's name.
 */
bool name_is_object(const char *name);

/* Makes text fit for a part of a component: other characters become '_'. */
void name_plain(char *text);

#endif
