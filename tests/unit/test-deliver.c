// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which target is tried when, and for how long: targets that answer as a table
 * says, and a clock that moves only when they or a pause take their time.
 */

#include <errno.h>

#include "capture/deliver.h"
#include "netstream/log.h"
#include "tests/tap.h"

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

/* A try as it is to come: of which target, how it ends, after which time. */
struct expected_try {
	size_t target;
	int ret;
	enum part part;
	uint64_t ms; /* that it takes; ALL: up to its end */
	uint64_t end_ms;
	bool last, only;
};

#define ALL UINT64_MAX

struct script {
	struct deliver deliver;
	const struct expected_try *next;
	size_t left;
	uint64_t now;
	uint64_t paused;
};

static char *const urls[] = { "https://a/x", "https://b/x", "https://c/x" };

static uint64_t script_now(void *arg)
{
	const struct script *script = arg;

	return script->now;
}

static void script_sleep(void *arg, uint64_t ms)
{
	struct script *script = arg;

	script->now += ms;
	script->paused += ms;
}

static int script_send(void *arg, struct delivery *delivery,
		       const struct deliver_try *how, enum part *part)
{
	struct script *script = arg;
	const struct expected_try *want = script->next++;

	if (!script->left) {
		CHECK(!"a try more than expected");
		return 0;
	}
	script->left--;
	CHECK_INT(delivery - script->deliver.list, want->target);
	CHECK_INT(how->end_ms, want->end_ms);
	CHECK_INT(how->last, want->last);
	CHECK_INT(how->only, want->only);
	script->now = want->ms == ALL ? how->end_ms : script->now + want->ms;
	*part = want->part;
	return want->ret;
}

/* From second 1000 of the clock on, with so many targets and seconds. */
static int run(struct script *script, size_t n_targets, uint64_t seconds,
	       const struct expected_try *tries, size_t n, enum part *part)
{
	static const struct deliver_ops ops = {
		.now = script_now,
		.sleep = script_sleep,
		.send = script_send,
	};
	int ret;

	*script = (struct script){ .next = tries, .left = n, .now = 1000000 };
	deliver_init(&script->deliver, urls, n_targets, script->now,
		     script->now + seconds * 1000);
	ret = deliver_rounds(&script->deliver, &ops, script, part);
	CHECK_INT(script->left, 0);
	return ret;
}

#define TRIES(tries) tries, sizeof(tries) / sizeof(tries[0])

static void each_target_has_its_share(void)
{
	static const struct expected_try tries[] = {
		{ 0, -ETIMEDOUT, PART_TARGET, ALL, 1300000, false, false },
		{ 1, -ETIMEDOUT, PART_TARGET, ALL, 1600000, false, false },
		{ 2, -ETIMEDOUT, PART_TARGET, ALL, 1900000, true, false },
	};
	struct script script;
	enum part part;

	CHECK_INT(run(&script, 3, 900, TRIES(tries), &part), -ETIMEDOUT);
	CHECK_INT(part, PART_TARGET);
	CHECK_INT(script.paused, 0);
	CHECK_INT(script.deliver.list[1].ms, 300000);
	CHECK_INT(script.deliver.list[2].tries, 1);
}

/* What one does not use is there for the others. */
static void a_short_try_leaves_its_share(void)
{
	static const struct expected_try tries[] = {
		{ 0, -ETIMEDOUT, PART_TARGET, 100000, 1300000, false, false },
		{ 1, -ETIMEDOUT, PART_TARGET, 0, 1500000, false, false },
		{ 2, 0, PART_TARGET, 5, 1900000, true, false },
	};
	struct script script;
	enum part part;

	CHECK_INT(run(&script, 3, 900, TRIES(tries), &part), 0);
	CHECK_INT(script.deliver.list[0].err, -ETIMEDOUT);
	CHECK_INT(script.deliver.list[2].err, 0);
	CHECK(!script.deliver.list[0].refused);
}

static void who_refused_is_out(void)
{
	static const struct expected_try tries[] = {
		{ 0, -EACCES, PART_TARGET, 0, 1300000, false, false },
		{ 1, -EPROTO, PART_TARGET, 0, 1450000, false, false },
		{ 2, -ENOSPC, PART_TARGET, 1000, 1900000, true, true },
		{ 2, -ENOSPC, PART_TARGET, 1000, 1900000, true, true },
		{ 2, -EEXIST, PART_TARGET, 1000, 1900000, true, true },
	};
	struct script script;
	enum part part;

	CHECK_INT(run(&script, 3, 900, TRIES(tries), &part), -EEXIST);
	CHECK(script.deliver.list[0].refused && script.deliver.list[1].refused);
	CHECK_INT(script.deliver.list[2].tries, 3);
	CHECK_INT(script.deliver.list[2].ms, 3000);
	CHECK_INT(script.paused, 2000 + 4000);
}

static void a_target_that_comes_back_is_tried_again(void)
{
	static const struct expected_try tries[] = {
		{ 0, -ETIMEDOUT, PART_TARGET, 10000, 1050000, false, false },
		{ 1, -EIO, PART_TARGET, 10000, 1100000, true, false },
		{ 0, 0, PART_TARGET, 10000, 1061000, false, false },
	};
	struct script script;
	enum part part;

	CHECK_INT(run(&script, 2, 100, TRIES(tries), &part), 0);
	CHECK_INT(script.deliver.list[0].tries, 2);
	CHECK_INT(script.deliver.list[1].err, -EIO);
}

static void no_target_can_help_a_bad_vmcore(void)
{
	static const struct expected_try tries[] = {
		{ 0, -EIO, PART_VMCORE, 0, 1300000, false, false },
	};
	struct script script;
	enum part part;

	CHECK_INT(run(&script, 3, 900, TRIES(tries), &part), -EIO);
	CHECK_INT(part, PART_VMCORE);
}

/* The last round is one that can still end a session. */
static void no_round_begins_without_time(void)
{
	static const struct expected_try tries[] = {
		{ 0, -EIO, PART_TARGET, 50000, 1100000, true, true },
		{ 0, -EIO, PART_TARGET, 34000, 1100000, true, true },
	};
	struct script script;
	enum part part;

	/* 86 seconds are over, 14 are left; a tenth of all is the margin. */
	CHECK_INT(run(&script, 1, 100, TRIES(tries), &part), -EIO);
	CHECK_INT(script.deliver.margin_ms, 10000);
	CHECK_INT(script.paused, 2000);
}

static void the_margin_has_limits(void)
{
	static const struct {
		uint64_t seconds, margin_ms;
	} rows[] = {
		{ 0, 0 },	 { 8, 2000 },	    { 20, 5000 },
		{ 40, 5000 },	 { 60, 6000 },	    { 600, 60000 },
		{ 1800, 60000 }, { 604800, 60000 },
	};
	struct deliver deliver;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		deliver_init(&deliver, urls, 3, 5000,
			     5000 + rows[i].seconds * 1000);
		CHECK_INT(deliver.margin_ms, rows[i].margin_ms);
	}
	deliver_init(&deliver, urls, 3, 5000, 4000);
	CHECK_INT(deliver.margin_ms, 0);
}

static void names_have_no_secrets(void)
{
	static const struct {
		const char *url, *name;
	} rows[] = {
		{ "https://h:8443/files", "https://h:8443/files" },
		{ "https://me:pw@h/files", "https://h/files" },
		{ "https://h/files?token=1#x", "https://h/files" },
		{ "https://me@h", "https://h" },
		{ "https://me@", "https://" },
		{ "https://h/a@b", "https://h/a@b" },
		{ "file:///a@b", "file:///a@b" },
		{ "s3://bucket/prefix", "s3://bucket/prefix" },
		{ "h", "h" },
		{ "", "" },
	};
	struct deliver deliver;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *const url = (char *)rows[i].url;

		deliver_init(&deliver, &url, 1, 0, 1000);
		CHECK_STR(deliver.list[0].name, rows[i].name);
	}
}

static void a_long_name_is_cut(void)
{
	static char url[1000];
	char *const urls_of_one[] = { url };
	struct deliver deliver;

	memset(url, 'a', sizeof(url) - 1);
	memcpy(url, "https://", 8);
	deliver_init(&deliver, urls_of_one, 1, 0, 1000);
	CHECK_INT(strlen(deliver.list[0].name), DELIVERY_NAME_MAX - 1);
	CHECK(!strncmp(deliver.list[0].name, url, DELIVERY_NAME_MAX - 1));
}

int main(void)
{
	log_set_level(0);
	RUN(each_target_has_its_share);
	RUN(a_short_try_leaves_its_share);
	RUN(who_refused_is_out);
	RUN(a_target_that_comes_back_is_tried_again);
	RUN(no_target_can_help_a_bad_vmcore);
	RUN(no_round_begins_without_time);
	RUN(the_margin_has_limits);
	RUN(names_have_no_secrets);
	RUN(a_long_name_is_cut);
	return tap_done();
}
