/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session in the store, without its objects: when its client was last heard
 * of, and what has become of it.  The files say both, so that a server that
 * starts knows them too.
 */
#ifndef COLLECTOR_SESSION_H
#define COLLECTOR_SESSION_H

#include <stdint.h>
#include <time.h>

enum session_state {
	SESSION_RUNNING, /* its client was heard of lately */
	SESSION_ABANDONED, /* no word of the client for a while */
	SESSION_PARTIAL, /* has ended, and lacks something */
	SESSION_COMPLETE,
};

/* The client has been heard of: the directory's time says so. */
void session_touch(int session);

/* When: the newest time of the directory and what is in it. */
time_t session_touched(int session);

/* Seconds since then; 0 when the clock was set back. */
uint64_t session_age(int session);

/* Abandoned is who has not been heard of for so many seconds. */
enum session_state session_state(int session, uint64_t abandoned);
const char *session_state_name(enum session_state state);

#endif
