/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words from the files of a session, for people to look at.  A client wrote
 * them: nothing is believed, everything is cut, and only printable ASCII comes
 * out, so that a file cannot talk to the terminal.
 */
#ifndef COLLECTOR_PICK_H
#define COLLECTOR_PICK_H

#include <stddef.h>

/*
 * The first string value of the key, at any depth: "key": "value".  Escapes
 * are not resolved.  An empty string when there is none.
 */
void pick_json(const char *text, const char *key, char *buf, size_t size);

/* What follows "Kernel panic - not syncing: ", to the end of its line. */
void pick_panic(const char *text, char *buf, size_t size);

/* Bytes as people write them: "812", "4.0M", "1.9G". */
void pick_size(unsigned long long size, char buf[static 16]);

#endif
