/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A JSON writer: values go out through a sink as they come, so that a text
 * of any length costs JSON_BUFFER bytes.  Keys are ours and go out as they
 * are; strings come from a crashed kernel, so whatever is not UTF-8 becomes
 * U+FFFD.  The first error sticks, and json_finish() returns it.
 *
 * Inside an object every value has a key; inside an array, and at the top,
 * the key is NULL.
 */
#ifndef CAPTURE_JSON_H
#define CAPTURE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_BUFFER 1024
#define JSON_DEPTH_MAX 8

/* 0 or -errno. */
typedef int (*json_sink)(void *arg, const void *buf, size_t len);

struct json {
	json_sink sink;
	void *arg;
	int err;
	size_t len;
	char buf[JSON_BUFFER];
	char closers[JSON_DEPTH_MAX]; /* '}' or ']' per open level */
	unsigned int depth;
	bool first; /* no value yet at this level */
};

void json_init(struct json *json, json_sink sink, void *arg);

void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_close(struct json *json);

void json_u64(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
/* A NULL value is written as null. */
void json_string(struct json *json, const char *key, const char *value);

/* Closes what is open, ends the line; 0 or the first error. */
int json_finish(struct json *json);

#endif
