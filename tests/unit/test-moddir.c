// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <sys/stat.h>

#include "capture/moddir.h"
#include "netstream/io.h"
#include "tests/module-object.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

#define NEEDS_LEN (MODDIR_CHAIN_MAX * 4)

static struct moddir_chain chain;
static char *bytes; /* of a module */
static size_t n_bytes;
static char *needs_at; /* what it needs, in its bytes */

static int compile(void)
{
	static char depends[sizeof("depends=") + NEEDS_LEN];
	const char *const info[] = { depends, NULL };
	int ret;

	memset(depends, 'x', sizeof(depends) - 1);
	memcpy(depends, "depends=", 8);
	module_object("module.o", info, "printk");
	ret = read_file("module.o", MODULE_FILE_MAX, &bytes, &n_bytes);
	if (!ret)
		needs_at = memmem(bytes, n_bytes, "depends=xxxx", 12);
	return ret;
}

/* A module that needs others, or none. */
static void module(const char *file, const char *needs)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), MODDIR "/%s", file);
	memset(needs_at + 8, 0, NEEDS_LEN);
	memcpy(needs_at + 8, needs, strlen(needs));
	f = fopen(path, "w");
	CHECK(f && fwrite(bytes, 1, n_bytes, f) == n_bytes && !fclose(f));
}

/* The chain as one text. */
static const char *order(const char *name)
{
	static char text[MODDIR_CHAIN_MAX * MODDIR_FILE_LEN];
	int ret = moddir_chain(name, &chain);

	text[0] = '\0';
	if (ret < 0)
		return strerror(-ret);
	for (size_t i = 0; i < chain.n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, chain.file[i]);
	}
	return text;
}

static void takes_names_of_modules_only(void)
{
	CHECK_INT(moddir_name_len("cxgb4.ko"), 5);
	CHECK_INT(moddir_name_len("snd-x_y.ko"), 7);
	CHECK_INT(moddir_name_len("a.b.ko"), 0);
	CHECK_INT(moddir_name_len(".ko"), 0);
	CHECK_INT(moddir_name_len("cxgb4.ko.xz"), 0);
	CHECK_INT(moddir_name_len("cxgb4"), 0);
	CHECK_INT(moddir_name_len("modules.dep"), 0);
	CHECK_INT(moddir_name_len("n123456789n123456789n123456789n123456789"
				  "n123456789n12345.ko"),
		  0);
}

static void what_is_needed_comes_first(void)
{
	module("top.ko", "left,right,base");
	module("left.ko", "right");
	module("right.ko", "base");
	module("base.ko", "");
	CHECK_STR(order("base"), "base.ko");
	CHECK_STR(order("top"), "base.ko right.ko left.ko top.ko");
}

static void a_file_may_have_the_other_dash(void)
{
	module("snd-hda_x.ko", "base");
	module("user.ko", "snd_hda_x");
	CHECK_STR(order("snd_hda-x"), "base.ko snd-hda_x.ko");
	CHECK_STR(order("user"), "base.ko snd-hda_x.ko user.ko");
}

static void what_is_missing_fails(void)
{
	module("lonely.ko", "base,nobody");
	CHECK_STR(order("nobody"), strerror(ENOENT));
	CHECK_STR(order("lonely"), strerror(ENOENT));
	CHECK_STR(order(""), strerror(ENOENT));
	module("odd.ko", "base,,right");
	CHECK_STR(order("odd"), strerror(ENOENT));
	module("path.ko", "../modules/base");
	CHECK_STR(order("path"), strerror(ENOENT));
}

static void a_circle_ends(void)
{
	module("self.ko", "self");
	module("one.ko", "two");
	module("two.ko", "three");
	module("three.ko", "one");
	CHECK_STR(order("self"), strerror(ELOOP));
	CHECK_STR(order("one"), strerror(ELOOP));
}

static void what_is_no_module_fails(void)
{
	FILE *f = fopen(MODDIR "/text.ko", "w");

	CHECK(f && fputs("no module\n", f) > 0 && fclose(f) == 0);
	CHECK_STR(order("text"), strerror(EBADMSG));
	module("reader.ko", "text");
	CHECK_STR(order("reader"), strerror(EBADMSG));
}

static void what_the_kernel_has_is_left_out(void)
{
	mkdir("sys", 0700);
	mkdir("sys/module", 0700);
	mkdir("sys/module/right", 0700);
	mkdir("sys/module/snd_hda_x", 0700);
	CHECK_STR(order("top"), "left.ko base.ko top.ko");
	module("user.ko", "snd-hda-x");
	CHECK_STR(order("user"), "user.ko");
	CHECK_STR(order("right"), "base.ko right.ko");
	CHECK_STR(order("odd"), strerror(ENOENT));
}

/* Below each other, and beside each other. */
static void a_chain_has_an_end(void)
{
	char file[32], needs[32], all[NEEDS_LEN] = "";

	for (int i = 0; i <= MODDIR_CHAIN_MAX; i++) {
		snprintf(file, sizeof(file), "d%d.ko", i);
		snprintf(needs, sizeof(needs), i ? "d%d" : "", i - 1);
		module(file, needs);
	}
	snprintf(file, sizeof(file), "d%d", MODDIR_CHAIN_MAX - 1);
	CHECK_INT(moddir_chain(file, &chain), 0);
	CHECK_INT(chain.n, MODDIR_CHAIN_MAX);
	snprintf(file, sizeof(file), "d%d", MODDIR_CHAIN_MAX);
	CHECK_STR(order(file), strerror(E2BIG));

	for (int i = 0; i < MODDIR_CHAIN_MAX; i++) {
		snprintf(file, sizeof(file), "d%d.ko", i);
		module(file, "");
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%sd%d",
			 i ? "," : "", i);
	}
	module("wide.ko", all);
	CHECK_STR(order("wide"), strerror(E2BIG));
	*strrchr(all, ',') = '\0';
	module("wide.ko", all);
	CHECK_INT(moddir_chain("wide", &chain), 0);
	CHECK_INT(chain.n, MODDIR_CHAIN_MAX);
	CHECK_STR(chain.file[MODDIR_CHAIN_MAX - 1], "wide.ko");
}

int main(void)
{
	close(scratch_make());
	if (chdir(scratch) < 0 || compile() < 0)
		return 1;
	CHECK_STR(order("base"), strerror(ENOENT));
	mkdir("lib", 0700);
	mkdir(MODDIR, 0700);
	RUN(takes_names_of_modules_only);
	RUN(what_is_needed_comes_first);
	RUN(a_file_may_have_the_other_dash);
	RUN(what_is_missing_fails);
	RUN(a_circle_ends);
	RUN(what_is_no_module_fails);
	RUN(what_the_kernel_has_is_left_out);
	RUN(a_chain_has_an_end);
	free(bytes);
	return tap_done();
}
