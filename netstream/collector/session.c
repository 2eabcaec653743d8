// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "netstream/collector/pick.h"
#include "netstream/collector/session.h"
#include "netstream/collector/store.h"
#include "netstream/collector/walk.h"

void session_touch(int session)
{
	/* If this fails, the files that the request writes are young too. */
	futimens(session, NULL);
}

static void look_at(void *arg, const struct walk_file *file)
{
	time_t *newest = arg;

	if (*newest < file->st.st_mtime)
		*newest = file->st.st_mtime;
}

time_t session_touched(int session)
{
	time_t newest = 0;
	struct stat st;

	if (!fstat(session, &st))
		newest = st.st_mtime;
	walk_files(session, look_at, &newest);
	return newest;
}

uint64_t session_age(int session)
{
	time_t touched = session_touched(session), now = time(NULL);

	return now > touched ? (uint64_t)(now - touched) : 0;
}

enum session_state session_state(int session, uint64_t abandoned)
{
	enum session_state state = SESSION_COMPLETE;
	char result[16], *text;

	if (!store_session_complete(session))
		return session_age(session) < abandoned ? SESSION_RUNNING
							: SESSION_ABANDONED;
	text = walk_text(session, STORE_MANIFEST);
	pick_own(text ? text : "", "result", result, sizeof(result));
	if (!strcmp(result, "partial"))
		state = SESSION_PARTIAL;
	free(text);
	return state;
}

const char *session_state_name(enum session_state state)
{
	static const char *const names[] = {
		[SESSION_RUNNING] = "running",
		[SESSION_ABANDONED] = "abandoned",
		[SESSION_PARTIAL] = "partial",
		[SESSION_COMPLETE] = "complete",
	};

	return names[state];
}
