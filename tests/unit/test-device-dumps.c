// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o
/*
 * Device dumps of a vmcore on their way to a file target; what arrives is
 * decompressed and compared with the vmcore.
 */

#include <errno.h>
#include <zstd.h>

#include "capture/device-dumps.h"
#include "netstream/io.h"
#include "tests/tap.h"
#include "tests/unit/broken-vmcore.h"
#include "tests/unit/scratch.h"
#include "tests/unit/vmcore-file.h"

#define LOAD "load 0 0\nzero 1\n"
#define HEADER_LEN 64 /* what is before the data */

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

static struct device_dumps dumps;
static struct vmcore core;

static void load(const char *description)
{
	CHECK_INT(vmcore_open(&core, vmcore_file(description)), 0);
	CHECK_INT(device_dumps_load(&dumps, &core), 0);
}

static void unload(void)
{
	device_dumps_free(&dumps);
	vmcore_close(&core);
}

static void lists_them_in_the_order_of_their_notes(void)
{
	load("dump cxgb4_0000:02:00.4\n"
	     "fill 5000 1\n"
	     "dump cxgb4_0000:02:00.4\n"
	     "text x\n"
	     "note CORE 1\n"
	     "zero 336\n" LOAD);
	CHECK_INT(dumps.total, 2);
	CHECK_INT(dumps.n, 2);
	CHECK_INT(dumps.notes_len, 3 * 4096);
	if (dumps.n != 2)
		return;
	CHECK_STR(dumps.list[0].name, "cxgb4_0000:02:00.4");
	CHECK_STR(dumps.list[0].object,
		  "device-dumps/00-cxgb4_0000:02:00.4.zst");
	CHECK_INT(dumps.list[0].note_off, 4096);
	CHECK_INT(dumps.list[0].off, 4096 + HEADER_LEN);
	CHECK_INT(dumps.list[0].size, 8192 - HEADER_LEN);
	CHECK_STR(dumps.list[1].object,
		  "device-dumps/01-cxgb4_0000:02:00.4.zst");
	CHECK_INT(dumps.list[1].note_off, 3 * 4096);
	unload();
}

static void makes_names_of_any_bytes(void)
{
	load("dump ../etc/pass\x1b\x80\xff\n"
	     "note LINUX 0x700\n"
	     "zero 52\n"
	     "dump 01234567890123456789012345678901234567890123\n" LOAD);
	CHECK_INT(dumps.n, 3);
	if (dumps.n != 3)
		return;
	CHECK_STR(dumps.list[0].name, "../etc/pass___");
	CHECK_STR(dumps.list[0].object, "device-dumps/00-.._etc_pass___.zst");
	CHECK_STR(dumps.list[1].name, "");
	CHECK_STR(dumps.list[1].object, "device-dumps/01-unnamed.zst");
	CHECK_STR(dumps.list[2].object,
		  "device-dumps/02-0123456789012345678901234567890123456789"
		  "0123.zst");
	for (size_t i = 0; i < dumps.n; i++)
		CHECK(name_is_object(dumps.list[i].object));
	unload();
}

/* The description of n small dumps. */
static const char *many(int n)
{
	static char text[20 * 1200];
	char *to = text;

	for (int i = 0; i < n; i++)
		to += sprintf(to, "dump d%d\nu64 %d\n", i, i);
	sprintf(to, LOAD);
	return text;
}

static void numbers_sort_with_many(void)
{
	load(many(100));
	CHECK_STR(dumps.list[99].object, "device-dumps/99-d99.zst");
	unload();
	load(many(101));
	CHECK_STR(dumps.list[0].object, "device-dumps/000-d0.zst");
	CHECK_STR(dumps.list[100].object, "device-dumps/100-d100.zst");
	unload();
}

static void counts_what_is_too_much(void)
{
	log_take();
	load(many(DEVICE_DUMPS_MAX));
	CHECK_STR(log_taken(), "");
	CHECK_INT(dumps.n, DEVICE_DUMPS_MAX);
	unload();
	log_take();
	load(many(DEVICE_DUMPS_MAX + 7));
	CHECK(strstr(log_taken(), "1031 device dumps: only the first 1024"));
	CHECK_INT(dumps.n, DEVICE_DUMPS_MAX);
	CHECK_INT(dumps.total, DEVICE_DUMPS_MAX + 7);
	CHECK_STR(dumps.list[1023].object, "device-dumps/1023-d1023.zst");
	unload();
}

static void rejects_notes_that_overrun(void)
{
	CHECK_INT(vmcore_open(&core,
			      vmcore_file("dump a\nnhdr descsz 8000\n" LOAD)),
		  0);
	log_take();
	CHECK_INT(device_dumps_load(&dumps, &core), -EBADMSG);
	CHECK(strstr(log_taken(), "a note at 4096 overruns PT_NOTE"));
	CHECK(!dumps.list);
	vmcore_close(&core);
}

/* One dump by way of a file target: what has arrived, in memory. */
struct arrived {
	int ret;
	bool begun;
	struct device_dump_content content;
	unsigned char bytes[300000];
	size_t len;
	bool whole; /* the frame has its end */
};
static struct arrived arrived;

static void decompress(const char *object, size_t len)
{
	ZSTD_DCtx *dctx = ZSTD_createDCtx();
	ZSTD_inBuffer in = { object, len, 0 };
	ZSTD_outBuffer out = { arrived.bytes, sizeof(arrived.bytes), 0 };
	size_t left = 1;

	while (in.pos < in.size && !ZSTD_isError(left))
		left = ZSTD_decompressStream(dctx, &out, &in);
	CHECK(!ZSTD_isError(left));
	arrived.len = out.pos;
	arrived.whole = left == 0;
	ZSTD_freeDCtx(dctx);
}

static void send(const struct vmcore *from)
{
	static int n_session;
	const struct target_config config = { 0 };
	const struct device_dump *dump = &dumps.list[0];
	char url[64], session[16], path[256];
	struct object_result result;
	struct target *target;
	struct object object;
	char *bytes = NULL;
	size_t len;

	arrived = (struct arrived){ 0 };
	snprintf(url, sizeof(url), "file://%s", scratch);
	snprintf(session, sizeof(session), "s%d", ++n_session);
	CHECK_INT(target_open(&target, url, &config, session), 0);
	CHECK_INT(object_init(&object, target, dump->object, OBJECT_STREAM), 0);
	arrived.ret = device_dump_write(dump, from, &object, &arrived.content);
	arrived.begun = object.begun;
	if (object.begun) {
		CHECK_INT(object_end(&object, &result), 0);
		snprintf(path, sizeof(path), "%s/%s/%s", scratch, session,
			 dump->object);
		CHECK_INT(read_file(path, 1 << 20, &bytes, &len), 0);
		decompress(bytes, len);
		free(bytes);
	}
	object_free(&object);
	target_close(target);
}

/* The digest of what arrived is that of the dump's part. */
static void check_content(size_t size)
{
	struct digest *digest = digest_new();
	uint8_t sum[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];

	digest_update(digest, arrived.bytes, arrived.len);
	digest_final(digest, sum);
	digest_free(digest);
	digest_hex(sum, hex);
	CHECK_INT(arrived.len, size);
	CHECK_INT(arrived.content.size, size);
	CHECK_STR(arrived.content.sha256, hex);
}

static void sends_all_of_a_dump(void)
{
	static const char *const texts[] = { "dump a\nfill 200000 1\n" LOAD,
					     "dump a\n" LOAD,
					     "dump a\nfill 65536 1\n" LOAD,
					     "dump a\nzero 250000\n" LOAD };
	static unsigned char want[300000];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		load(texts[i]);
		send(&core);
		CHECK_INT(arrived.ret, 0);
		CHECK(arrived.whole);
		check_content(dumps.list[0].size);
		vmcore_read(&core, dumps.list[0].off, want, arrived.len);
		CHECK_MEM(arrived.bytes, want, arrived.len);
		unload();
	}
}

static void sends_a_dump_without_data(void)
{
	load("note LINUX 0x700\nzero 44\n" LOAD);
	send(&core);
	CHECK_INT(arrived.ret, 0);
	CHECK(arrived.begun && arrived.whole);
	check_content(0);
	unload();
}

static struct broken_vmcore broken;

static void send_broken(uint64_t page)
{
	broken_vmcore_open(&broken, "dump a\nfill 200000 1\n" LOAD);
	CHECK_INT(device_dumps_load(&dumps, &broken.core), 0);
	broken_vmcore_break(&broken, page * VMCORE_PAGE_LEN);
	log_take();
	send(&broken.core);
}

/* Up to the page before; page 0 has the headers of the file. */
static void ends_before_what_cannot_be_read(void)
{
	for (uint64_t page = 2; page < 50; page += 7) {
		size_t size = (page - 1) * VMCORE_PAGE_LEN - HEADER_LEN;

		send_broken(page);
		CHECK(strstr(log_taken(), "00-a.zst: read at") != NULL);
		CHECK_INT(arrived.ret, -EIO);
		CHECK(arrived.begun && !arrived.whole);
		check_content(size);
		CHECK_MEM(arrived.bytes,
			  broken.start + VMCORE_PAGE_LEN + HEADER_LEN, size);
		device_dumps_free(&dumps);
		broken_vmcore_close(&broken);
	}
}

static void leaves_nothing_of_what_cannot_be_read_at_all(void)
{
	send_broken(1);
	CHECK(strstr(log_taken(), "00-a.zst: read at 0 of 200640 bytes: "
				  "Input/output error"));
	CHECK_INT(arrived.ret, -EIO);
	CHECK(!arrived.begun);
	device_dumps_free(&dumps);
	broken_vmcore_close(&broken);
}

int main(void)
{
	close(scratch_make());
	RUN(lists_them_in_the_order_of_their_notes);
	RUN(makes_names_of_any_bytes);
	RUN(numbers_sort_with_many);
	RUN(counts_what_is_too_much);
	RUN(rejects_notes_that_overrun);
	RUN(sends_all_of_a_dump);
	RUN(sends_a_dump_without_data);
	RUN(ends_before_what_cannot_be_read);
	RUN(leaves_nothing_of_what_cannot_be_read_at_all);
	return tap_done();
}
