/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words from the files of a session, for people to look at.  A client wrote
 * them: nothing is believed, everything is cut, and only printable ASCII comes
 * out, so that a file cannot talk to the terminal.
 */
#ifndef COLLECTOR_PICK_H
#define COLLECTOR_PICK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The first string value of the key, at any depth: "key": "value".  Escapes
 * are not resolved.  An empty string when there is none.
 */
void pick_json(const char *text, const char *key, char *buf, size_t size);

/* The first number of the key; false when there is none, or none of 64 bits. */
bool pick_number(const char *text, const char *key, unsigned long long *ret);

/* The first value of the key is this word: true, false or null. */
bool pick_is(const char *text, const char *key, const char *word);

/* What is behind the "[" of the key's list, or NULL. */
const char *pick_list(const char *text, const char *key);

/*
 * Copies the next object of the list, as text, to buf; one that does not fit
 * becomes empty text.  Where the list goes on, or NULL at its end.
 */
const char *pick_member(const char *list, char *buf, size_t size);

/* Nothing but the end of the list follows. */
bool pick_ended(const char *list);

/*
 * The same for the keys of the object at the start of the text itself, not of
 * those in it.  pick_own() is true when the key is there, and gives an empty
 * string when its value is none.
 */
bool pick_own(const char *object, const char *key, char *buf, size_t size);
bool pick_own_number(const char *object, const char *key,
		     unsigned long long *ret);
const char *pick_own_list(const char *object, const char *key);
/* The object that is the key's value, from its "{", or NULL. */
const char *pick_own_object(const char *object, const char *key);

/* What follows "Kernel panic - not syncing: ", to the end of its line. */
void pick_panic(const char *text, char *buf, size_t size);

/* Bytes as people write them: "812", "4.0M", "1.9G". */
void pick_size(unsigned long long size, char buf[static 16]);

#endif
