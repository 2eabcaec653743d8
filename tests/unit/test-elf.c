// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file is copied to a file target; what arrives is compared with it, and so
 * are the holes.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/elf.h"
#include "capture/sparse.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "tests/tap.h"

#define PAGE ELF_PAGE_LEN
#define SIZE_MAX_OF_TEST (4 * VMCORE_WINDOW_LEN)

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

static char dir[] = "/tmp/test-elf.XXXXXX";
static unsigned char content[SIZE_MAX_OF_TEST], arrived[SIZE_MAX_OF_TEST];
static struct object_result result;
static struct stat st;
static struct elf_figures figures;
static int target_err;
static unsigned int n_until_enough; /* questions with the answer no; 0: all */
static int n_test;

static void ignore_progress(void *arg, uint64_t off)
{
	(void)arg;
	(void)off;
}

static bool enough(void *arg)
{
	(void)arg;
	return n_until_enough && --n_until_enough == 0;
}

static char *path_of(const char *session, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s/%s", dir, session, name);
	return path;
}

/* Copies size bytes of fd; what arrived is in arrived and st. */
static int copy(int fd, uint64_t size)
{
	const struct target_config config = { 0 };
	struct vmcore core = { .fd = fd, .path = "input", .size = size };
	const struct device_dumps dumps = { 0 };
	struct target *target;
	struct object object;
	struct plan plan;
	char session[16], url[64];
	int ret, out;

	snprintf(session, sizeof(session), "s%d", ++n_test);
	snprintf(url, sizeof(url), "file://%s", dir);
	if (target_open(&target, url, &config, session) < 0)
		return -ENOENT;
	CHECK_INT(plan_init(&plan, &core, &dumps), 0);
	ret = object_init(&object, target, "vmcore", OBJECT_RECORDS);
	object.enough = enough;
	if (!ret)
		ret = elf_copy(&plan, &object, ignore_progress, NULL, &figures);
	if (!ret || figures.incomplete)
		ret = object_end(&object, &result);
	target_err = object.err;
	object_free(&object);
	plan_free(&plan);
	target_close(target);
	if (ret < 0)
		return ret;
	out = open(path_of(session, "vmcore"), O_RDONLY);
	fstat(out, &st);
	ret = pread_full(out, arrived, (size_t)st.st_size, 0);
	close(out);
	return ret;
}

static int copy_content(size_t size)
{
	char path[] = "/tmp/test-elf-in.XXXXXX";
	int fd = mkstemp(path);
	int ret = write_full(fd, content, size);

	unlink(path);
	if (!ret)
		ret = copy(fd, size);
	close(fd);
	return ret;
}

static void check_arrived(size_t size)
{
	uint8_t sum[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];
	struct digest *digest = digest_new();

	digest_update(digest, content, size);
	digest_final(digest, sum);
	digest_free(digest);
	digest_hex(sum, hex);
	CHECK_INT(st.st_size, size);
	CHECK_INT(result.size, size);
	CHECK_MEM(arrived, content, size);
	CHECK_STR(result.sha256, hex);
}

static void fill(size_t page, size_t n_pages, int byte)
{
	memset(content + page * PAGE, byte, n_pages * PAGE);
}

static void tells_zeros_from_content_at_any_place(void)
{
	static unsigned char buf[PAGE + 1];

	CHECK(is_zero(buf, sizeof(buf)));
	CHECK(is_zero(buf + 1, PAGE));
	CHECK(is_zero(buf, 0));
	for (size_t i = 0; i < sizeof(buf); i++) {
		buf[i] = 0x80;
		CHECK(!is_zero(buf, sizeof(buf)));
		CHECK(is_zero(buf, i));
		CHECK(is_zero(buf + i + 1, sizeof(buf) - i - 1));
		buf[i] = 0;
	}
}

static void leaves_holes_for_zero_pages(void)
{
	fill(0, 1024, 0);
	fill(0, 2, 1);
	fill(700, 3, 2); /* in the third window */
	fill(1000, 24, 3);
	CHECK_INT(copy_content(1024 * PAGE), 0);
	check_arrived(1024 * PAGE);
	CHECK_INT(figures.zero_bytes, (1024 - 29) * PAGE);
	CHECK(st.st_blocks * 512 < 512 * PAGE);
}

static void keeps_a_page_with_one_byte(void)
{
	fill(0, 1024, 0);
	content[300 * PAGE + PAGE - 1] = 1;
	content[301 * PAGE] = 1;
	CHECK_INT(copy_content(1024 * PAGE), 0);
	check_arrived(1024 * PAGE);
	CHECK_INT(figures.zero_bytes, (1024 - 3) * PAGE);
}

static void sends_the_last_page_of_zeros(void)
{
	static const size_t sizes[] = { 1,
					PAGE - 1,
					PAGE,
					PAGE + 1,
					3 * PAGE,
					VMCORE_WINDOW_LEN,
					VMCORE_WINDOW_LEN + 1 };

	fill(0, 1024, 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK_INT(copy_content(sizes[i]), 0);
		check_arrived(sizes[i]);
		CHECK_INT(figures.zero_bytes, (sizes[i] - 1) / PAGE * PAGE);
	}
}

static void joins_windows_without_a_seam(void)
{
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (unsigned char)(i * 2654435761U >> 24);
	CHECK_INT(copy_content(sizeof(content) - 5), 0);
	check_arrived(sizeof(content) - 5);
	CHECK_INT(figures.zero_bytes, 0);
}

/* Page 0 of a process is not mapped: mmap() and pread() of it both fail. */
static void a_read_error_leaves_the_object_incomplete(void)
{
	int fd = open("/proc/self/mem", O_RDONLY);

	CHECK_INT(copy(fd, 2 * PAGE), -EIO);
	CHECK_INT(target_err, 0);
	close(fd);
}

static void an_error_of_the_target_is_told_apart(void)
{
	char name[16];

	fill(0, 1, 1);
	snprintf(name, sizeof(name), "s%d", n_test + 1);
	CHECK_INT(mkdir(path_of(name, ""), 0700), 0);
	close(open(path_of(name, "vmcore"), O_WRONLY | O_CREAT, 0600));
	CHECK_INT(copy_content(PAGE), -EEXIST);
	CHECK_INT(target_err, -EEXIST);
}

/* Behind content, and in the middle of zeros, which are holes otherwise. */
static void ends_early_as_what_is_there(void)
{
	static const struct {
		size_t n_content, n_cut;
	} rows[] = { { 4, 2 }, { 1, 2 }, { 2, 3 } };
	const size_t n = VMCORE_WINDOW_LEN / PAGE;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fill(0, 4 * n, 0);
		fill(0, rows[i].n_content * n / 2, 7);
		n_until_enough = (unsigned int)rows[i].n_cut;
		CHECK_INT(copy_content(sizeof(content)), 0);
		CHECK(figures.incomplete);
		CHECK(st.st_size > 0 && st.st_size < (off_t)sizeof(content));
		check_arrived((size_t)st.st_size);
	}
	/* Before anything has begun, nothing is there to be ended. */
	n_until_enough = 1;
	CHECK_INT(copy_content(sizeof(content)), -ECANCELED);
	CHECK(!figures.incomplete);
	n_until_enough = 0;
}

int main(void)
{
	char command[64];

	log_set_level(0);
	if (!mkdtemp(dir))
		return 1;
	RUN(tells_zeros_from_content_at_any_place);
	RUN(leaves_holes_for_zero_pages);
	RUN(keeps_a_page_with_one_byte);
	RUN(sends_the_last_page_of_zeros);
	RUN(joins_windows_without_a_seam);
	RUN(a_read_error_leaves_the_object_incomplete);
	RUN(an_error_of_the_target_is_told_apart);
	RUN(ends_early_as_what_is_there);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		return 1;
	return tap_done();
}
