// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>

#include "capture/dmesg.h"
#include "tests/tap.h"
#include "tests/unit/sink.h"
#include "tests/unit/vmcore-file.h"

#define RING                                  \
	"note VMCOREINFO 0\n"                 \
	"info ring\n"                         \
	"load 0xffffffff81000000 0x1000000\n" \
	"zero 100\n"
#define RECORDS                               \
	"note VMCOREINFO 0\n"                 \
	"info records\n"                      \
	"load 0xffffffff81000000 0x1000000\n" \
	"zero 100\n"

static const char *logged;

/* Writes the log of the vmcore to sunk; what was logged is in logged. */
static int dmesg_of(const char *description, dmesg_sink to)
{
	struct vmcoreinfo info;
	struct vmcore core;
	int ret;

	sunk_len = 0;
	sunk[0] = '\0';
	CHECK_INT(vmcore_open(&core, vmcore_file(description)), 0);
	CHECK_INT(vmcoreinfo_load(&info, &core), 0);
	log_take();
	ret = dmesg_write(&core, &info, to, NULL);
	logged = log_taken();
	vmcoreinfo_free(&info);
	vmcore_close(&core);
	return ret;
}

static void prints(const char *description, const char *want)
{
	CHECK_INT(dmesg_of(description, sink), 0);
	CHECK_STR(sunk, want);
	CHECK_STR(logged, "");
}

static void fails(const char *description, int want, const char *why)
{
	CHECK_INT(dmesg_of(description, sink), want);
	if (!strstr(logged, why))
		CHECK_STR(logged, why);
	CHECK(strchr(logged, '\n') == strrchr(logged, '\n'));
}

#define LINES                                                          \
	"record 0 Linux version 6.1\n"                                 \
	"record 0.123456789 tabs\tand a bell \\x07 \\x1b[m \xc3\xa9\n" \
	"record 12345.5 first\\nsecond\\n\\nlast\\n\n"                 \
	"record 123456.000001 wide\\nsecond\n"

/* As makedumpfile 1.7.2 --dump-dmesg has it, but for bytes above 0x7f. */
#define PRINTED                                          \
	"[    0.000000] Linux version 6.1\n"             \
	"[    0.123456] tabs\tand a bell \\x07 \\x1b[m " \
	"\\xc3\\xa9\n"                                   \
	"[12345.500000] first\n"                         \
	"               second\n"                        \
	"               \n"                              \
	"               last\n"                          \
	"               \n"                              \
	"[123456.000001] wide\n"                         \
	"                second\n"

static void prints_a_ring(void)
{
	prints(RING "log ring 4 10\n" LINES, PRINTED);
}

static void prints_records(void)
{
	prints(RECORDS "log records 1024\n" LINES, PRINTED);
}

static void prints_a_log_that_is_empty(void)
{
	prints(RING "log ring 4 10\n", "");
	prints(RECORDS "log records 1024\n", "");
}

/* Many records of one kernel, and what dmesg shows of the last ones. */
static void fills(const char *start, int n, int width, int n_shown)
{
	static char text[400000], want[200000];
	size_t at, to = 0;

	at = (size_t)sprintf(text, "%s", start);
	for (int i = 0; i < n; i++) {
		int dots = i * 7 % width;

		at += (size_t)sprintf(text + at, "record %d n%d %.*s\n", i, i,
				      dots,
				      "................................"
				      "................................");
		if (i >= n - n_shown)
			to += (size_t)sprintf(
				want + to, "[%5d.000000] n%d %.*s\n", i, i,
				dots,
				"................................"
				"................................");
	}
	prints(text, want);
}

/* Ids and positions start just before they wrap, see mkcore-log.c. */
static void goes_round_the_descriptors(void)
{
	/* 16 descriptors; text for all of them. */
	fills(RING "log ring 4 12\n", 7, 20, 7);
	fills(RING "log ring 4 12\n", 16, 20, 16);
	fills(RING "log ring 4 12\n", 17, 20, 16);
	fills(RING "log ring 4 12\n", 100, 20, 16);
	fills(RING "log ring 0 12\n", 5, 20, 1);
}

static void leaves_out_texts_that_were_overwritten(void)
{
	/* 16 bytes each; the last 16 of the ring's 256 are never filled. */
	fills(RING "log ring 8 8\n", 100, 1, 15);
	CHECK_INT(dmesg_of(RING "log ring 8 8\n"
				"record 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
				"record 2 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
				"record 3 ccccccccccccccccccccccccccccccc\n"
				"record 4 ddddddddddddddddddddddddddddddd\n"
				"record 5 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\n"
				"record 6 fffffffffffffffffffffffffffffff\n"
				"record 7 ggggggggggggggggggggggggggggggg\n"
				"record 8 hhh\n",
			   sink),
		  0);
	/* 40 bytes each: g goes to the start, where a was; h is on b. */
	CHECK_MEM(sunk, "[    3.000000] ccccccc", 22);
	CHECK(strstr(sunk, "[    7.000000] ggggggg"));
	CHECK(strstr(sunk, "[    8.000000] hhh\n"));
}

static void reads_texts_that_moved_to_the_start(void)
{
	for (int n = 1; n < 60; n++)
		fills(RING "log ring 5 12\n", n, 64, n < 32 ? n : 32);
}

static void goes_round_the_records(void)
{
	fills(RECORDS "log records 1024\n", 10, 1, 10);
	/* 20 bytes each, and room for one more header: 50 a lap. */
	fills(RECORDS "log records 1024\n", 100, 1, 50);
	fills(RECORDS "log records 1024\n", 75, 1, 49);
}

static void shows_finished_records_only(void)
{
	prints(RING "log ring 4 10\n"
		    "record 1 one\nrecord 2 two\nstate 0\nrecord 3 three\n"
		    "record 4 four\nstate 1\nrecord 5 five\nstate 3\n"
		    "record 6 six\nstate 2\nrecord 7\nrecord 8 eight\n",
	       "[    1.000000] one\n"
	       "[    3.000000] three\n"
	       "[    4.000000] four\n"
	       "[    6.000000] six\n"
	       "[    8.000000] eight\n");
}

/* The ring has 1024 bytes, so a lap starts at each multiple. */
static void one_text_at(const char *lpos, const char *want)
{
	char text[512];

	snprintf(text, sizeof(text),
		 RING "log ring 4 10\nrecord 1 one\nlpos %s\nrecord 2 two\n",
		 lpos);
	CHECK_INT(dmesg_of(text, sink), 0);
	if (*want)
		CHECK_MEM(sunk, want, strlen(want));
	else
		CHECK_STR(sunk, "[    2.000000] two\n");
}

static void believes_no_position(void)
{
	/* Where it is, in any lap. */
	one_text_at("0 16", "[    1.000000] one\n");
	one_text_at("1024 1040", "[    1.000000] one\n");
	one_text_at("0xfffffffffffffc00 0xfffffffffffffc10",
		    "[    1.000000] one\n");
	/* Too short for the text: cut. */
	one_text_at("0 10", "[    1.000000] on\n");
	/* At the start, as it did not fit at the end; over the wrap too. */
	one_text_at("1016 1040", "[    1.000000] one\n");
	one_text_at("0xfffffffffffffff8 16", "[    1.000000] one\n");
	/* Up to the very end: that is no wrap. */
	one_text_at("1008 1024", "[    1.000000] \\x00\\x00\\x00\n");
	/* No text, or none that can be. */
	one_text_at("1 1", "");
	one_text_at("3 3", "");
	one_text_at("1 16", "");
	one_text_at("0 15", "");
	one_text_at("512 256", "");
	one_text_at("0 0", "");
	one_text_at("0 6", "");
	one_text_at("16 0", "");
	one_text_at("0 2064", "");
	one_text_at("0 0x8000000000000000", "");
	one_text_at("1040 16", "");
}

static void survives_ids_that_make_no_sense(void)
{
	/* Head and tail as far apart as can be: one lap, no more. */
	CHECK_INT(dmesg_of(RING "log ring 4 10\nrecord 1 one\nids 0 "
				"0x3fffffffffffffff\n",
			   sink),
		  0);
	prints(RING "log ring 4 10\nrecord 1 one\nrecord 2 two\n"
		    "ids 0x3ffffffffffffff1 0x3ffffffffffffff1\n",
	       "[    2.000000] two\n");
	/* Of another lap. */
	prints(RING "log ring 4 10\nrecord 1 one\nids 0 5\n", "");
	/* Bits of the state in an id do no harm. */
	prints(RING "log ring 4 10\nrecord 1 one\nrecord 2 two\n"
		    "ids 0xfffffffffffffff0 0x7ffffffffffffff1\n",
	       "[    1.000000] one\n[    2.000000] two\n");
}

/* A load that ends after so many bytes of what the log has. */
static void cut_load(char *text, const char *start, int len)
{
	sprintf(text, "%s" LINES "phdr filesz %d\n", start, len);
}

static void survives_a_log_that_is_cut_anywhere(void)
{
	static char text[2000];
	int ret;

	for (int len = 1; len < 3016; len += len < 700 ? 3 : 41) {
		cut_load(text, RING "log ring 4 10\n", len);
		ret = dmesg_of(text, sink);
		CHECK(ret == 0 || ret == -EFAULT);
		if (ret < 0)
			CHECK(strstr(logged, "log: not in the vmcore"));
	}
	for (int len = 1; len < 1152; len += 7) {
		cut_load(text, RECORDS "log records 1024\n", len);
		ret = dmesg_of(text, sink);
		CHECK(ret == 0 || ret == -EFAULT);
	}
}

static void counts_texts_that_are_not_there(void)
{
	/* prb 8, ring 88, descriptors 384, infos 1408, from 104 on: text. */
	CHECK_INT(dmesg_of(RING "log ring 4 10\nrecord 1 one\nrecord 2 two\n"
				"phdr filesz 2008\n",
			   sink),
		  0);
	CHECK_STR(sunk, "[    1.000000] one\n");
	CHECK(strstr(logged, "1 records are not in the vmcore"));
}

/* 16 descriptors and infos, but the memory ends behind two of them. */
static void reads_what_there_is_of_the_descriptors(void)
{
	prints("note VMCOREINFO 0\ninfo ring\nload 0xffff0000 0\nlabel prb\n"
	       "u64 rb\nlabel rb\nu64 4 descs infos 1 0 0 10 data 0 0 0\n"
	       "label data\nu64 0 0x656e6f 1 0x6f7774\n"
	       "label infos\n"
	       "u64 0 1000000000 3 0 0 0 0 0 0 0 0\n"
	       "u64 0 2000000000 3 0 0 0 0 0 0 0 0\n"
	       "label descs\n"
	       "u64 0x8000000000000000 0 16\n"
	       "u64 0x8000000000000001 16 32\n",
	       "[    1.000000] one\n[    2.000000] two\n");
}

static void gives_up_on_a_log_full_of_holes(void)
{
	/* A descriptor for each id, somewhere else: 8192 of them. */
	fails(RING "log ring 13 10\nrecord 1 one\n"
		   "ids 0 8191\nphdr filesz 300\n",
	      -EFAULT, "not in the vmcore");
}

static void says_what_is_missing(void)
{
	fails("note VMCOREINFO 0\nline PAGESIZE=4096\nload 0 0\nzero 1\n",
	      -ENODATA, "vmcoreinfo does not say where it is");
	fails("note VMCOREINFO 0\nline SYMBOL(prb)=10\nload 0 0\nzero 99\n",
	      -ENODATA, "vmcoreinfo does not say");
	fails("note VMCOREINFO 0\ninfo ring\nload 0 0\nzero 9\n", -EFAULT,
	      "not in the vmcore");
}

static void rejects_sizes_that_make_no_sense(void)
{
	fails("note VMCOREINFO 0\nline SIZE(prb_desc)=0\ninfo ring\n"
	      "load 0xffff0000 0\nlog ring 4 10\nrecord 1 one\n",
	      -EBADMSG, "malformed");
	fails("note VMCOREINFO 0\nline OFFSET(prb_desc.state_var)=20\n"
	      "info ring\nload 0xffff0000 0\nlog ring 4 10\nrecord 1 one\n",
	      -EBADMSG, "malformed");
	fails("note VMCOREINFO 0\nline SIZE(printk_info)=9999\ninfo ring\n"
	      "load 0xffff0000 0\nlog ring 4 10\nrecord 1 one\n",
	      -EBADMSG, "malformed");
	fails("note VMCOREINFO 0\ninfo ring\nload 0xffff0000 0\nlabel prb\n"
	      "u64 rb+0\nlabel rb\nu64 27 0 0 0 0 0 10 0 0 0 0\n",
	      -EBADMSG, "malformed");
	fails("note VMCOREINFO 0\ninfo ring\nload 0xffff0000 0\nlabel prb\n"
	      "u64 rb+0\nlabel rb\nu64 4 0 0 0 0 0 32 0 0 0 0\n",
	      -EBADMSG, "malformed");
}

/* A log_buf of 64 bytes by hand; a record: ts_nsec, len | text_len << 16. */
static void by_hand(uint32_t first, uint32_t next, const char *records,
		    int want, const char *text)
{
	char description[1024];

	snprintf(description, sizeof(description),
		 "note VMCOREINFO 0\n"
		 "info records\n"
		 "load 0xffff0000 0\n"
		 "label log_buf\nu64 records\n"
		 "label log_buf_len\nu32 64\n"
		 "label log_first_idx\nu32 %u\n"
		 "label log_next_idx\nu32 %u\n"
		 "label records\n"
		 "%s"
		 "zero 64\n",
		 first, next, records);
	fails(description, want, want ? "malformed" : "");
	CHECK_STR(sunk, text);
}

#define FIRST "u64 1000000000\nu32 0x000a001c 0\ntext text of it  \n"
#define SECOND "u64 2000000000\nu32 0x000a001c 0\ntext second one  \n"
#define FIRST_LINE "[    1.000000] text of it\n"
#define SECOND_LINE "[    2.000000] second one\n"

static void believes_no_index(void)
{
	by_hand(0, 28, FIRST SECOND, 0, FIRST_LINE);
	by_hand(0, 56, FIRST SECOND, 0, FIRST_LINE SECOND_LINE);
	by_hand(64, 28, FIRST SECOND, -EBADMSG, "");
	by_hand(0, 64, FIRST SECOND, -EBADMSG, "");
	by_hand(0xffffffff, 0, FIRST SECOND, -EBADMSG, "");
	/* No room for a header. */
	by_hand(60, 0, FIRST SECOND, -EBADMSG, "");
	/* Past the end that was to come. */
	by_hand(0, 30, FIRST SECOND, -EBADMSG, FIRST_LINE SECOND_LINE);
}

static void believes_no_length(void)
{
	/* Text longer than its record, record longer than the buffer. */
	by_hand(0, 28, "u64 1\nu32 0x000d001c 0\n", -EBADMSG, "");
	by_hand(0, 28, "u64 1\nu32 0x00010041 0\n", -EBADMSG, "");
	by_hand(0, 28, "u64 1\nu32 0x0000000f 0\n", -EBADMSG, "");
	by_hand(28, 0, FIRST "u64 2\nu32 0x00010025 0\n", -EBADMSG, "");
	/* Back to the start at 28, again and again; and at 0. */
	by_hand(0, 60, FIRST, -EBADMSG, FIRST_LINE);
	by_hand(0, 60, "u64 0\n", -EBADMSG, "");
	by_hand(28, 0, FIRST, 0, "");
}

static void reads_records_of_3_5_to_3_10(void)
{
	/* 3.5 to 3.10 call it struct log. */
	prints("note VMCOREINFO 0\n"
	       "line SYMBOL(log_buf)=\\{log_buf}\n"
	       "line SYMBOL(log_buf_len)=\\{log_buf_len}\n"
	       "line SYMBOL(log_first_idx)=\\{log_first_idx}\n"
	       "line SYMBOL(log_next_idx)=\\{log_next_idx}\n"
	       "line SIZE(log)=16\n"
	       "line OFFSET(log.ts_nsec)=0\n"
	       "line OFFSET(log.len)=8\n"
	       "line OFFSET(log.text_len)=10\n"
	       "load 0xffff0000 0\n"
	       "log records 1024\n" LINES,
	       PRINTED);
}

static int refuse(void *arg, const void *buf, size_t len)
{
	(void)arg;
	(void)buf;
	(void)len;
	return -ENOSPC;
}

static void passes_on_what_the_sink_says(void)
{
	CHECK_INT(dmesg_of(RING "log ring 4 10\nrecord 1 one\n", refuse),
		  -ENOSPC);
	CHECK_STR(logged, "");
}

int main(void)
{
	RUN(prints_a_ring);
	RUN(prints_records);
	RUN(prints_a_log_that_is_empty);
	RUN(goes_round_the_descriptors);
	RUN(leaves_out_texts_that_were_overwritten);
	RUN(reads_texts_that_moved_to_the_start);
	RUN(goes_round_the_records);
	RUN(shows_finished_records_only);
	RUN(believes_no_position);
	RUN(survives_ids_that_make_no_sense);
	RUN(survives_a_log_that_is_cut_anywhere);
	RUN(counts_texts_that_are_not_there);
	RUN(reads_what_there_is_of_the_descriptors);
	RUN(gives_up_on_a_log_full_of_holes);
	RUN(says_what_is_missing);
	RUN(rejects_sizes_that_make_no_sense);
	RUN(believes_no_index);
	RUN(believes_no_length);
	RUN(reads_records_of_3_5_to_3_10);
	RUN(passes_on_what_the_sink_says);
	return tap_done();
}
