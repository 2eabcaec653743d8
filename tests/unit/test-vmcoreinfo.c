// SPDX-License-Identifier: GPL-2.0-or-later
// objects: capture/vmcoreinfo.o capture/utsname.o capture/note.o
// objects: capture/vmcore.o netstream/log.o netstream/io.o tests/mkcore.o
// objects: tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>

#include "capture/utsname.h"
#include "capture/vmcoreinfo.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

#define LOAD "load 0 0\nzero 1\n"

/* Lines of Debian's 6.1 and 6.12, and some that no kernel writes. */
static char text[] = "OSRELEASE=6.1.0-56-cloud-amd64\n"
		     "BUILD-ID=3b43fad503487449\n"
		     "PAGESIZE2=8192\n"
		     "PAGESIZE=4096\n"
		     "SYMBOL(init_uts_ns)=ffffffff845f9b60\n"
		     "SYMBOL(x)=0x10\n"
		     "SYMBOL(xy)=FF\n"
		     "OFFSET(uts_namespace.name)=0\n"
		     "SIZE(page)=64\n"
		     "SIZE(page2)= 64\n"
		     "SIZE(page3)=64 \n"
		     "SIZE(page4)=\n"
		     "SIZE(page5)=18446744073709551615\n"
		     "SIZE(page6)=18446744073709551616\n"
		     "SIZE(page7)=-1\n"
		     "SIZE(page8)=00000000000000000000000000000000001\n"
		     "LENGTH(mem_section)=131072\n"
		     "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
		     "NUMBER(phys_base)=354418688\n"
		     "NUMBER(VMALLOC_START)=0xff45000000000000\n"
		     "NUMBER(min)=-9223372036854775808\n"
		     "NUMBER(max)=9223372036854775807\n"
		     "NUMBER(over)=9223372036854775808\n"
		     "NUMBER(under)=-9223372036854775809\n"
		     "NUMBER(minus)=-\n"
		     "NUMBER(hex)=0x\n"
		     "SIZE(page)=65\n"
		     "not a line of vmcoreinfo\n"
		     "BAD\x1b=\x1b[2J\xff ok\n"
		     "KERNELOFFSET=1a00000\n"
		     "CRASHTIME=1795321360";

static const struct vmcoreinfo info = { .text = text, .len = sizeof(text) - 1 };

static void finds_each_kind(void)
{
	uint64_t value;
	int64_t number;

	CHECK_INT(vmcoreinfo_symbol(&info, "init_uts_ns", &value), 0);
	CHECK_INT(value, 0xffffffff845f9b60);
	CHECK_INT(vmcoreinfo_symbol(&info, "xy", &value), 0);
	CHECK_INT(value, 255);
	/* The first of two is taken. */
	CHECK_INT(vmcoreinfo_size(&info, "page", &value), 0);
	CHECK_INT(value, 64);
	CHECK_INT(vmcoreinfo_offset(&info, "uts_namespace.name", &value), 0);
	CHECK_INT(value, 0);
	CHECK_INT(vmcoreinfo_length(&info, "mem_section", &value), 0);
	CHECK_INT(value, 131072);
	CHECK_INT(vmcoreinfo_number(&info, "phys_base", &number), 0);
	CHECK_INT(number, 354418688);
	CHECK_INT(vmcoreinfo_decimal(&info, "PAGESIZE", &value), 0);
	CHECK_INT(value, 4096);
	CHECK_INT(vmcoreinfo_hex(&info, "KERNELOFFSET", &value), 0);
	CHECK_INT(value, 0x1a00000);
	/* The last line has no end. */
	CHECK_INT(vmcoreinfo_decimal(&info, "CRASHTIME", &value), 0);
	CHECK_INT(value, 1795321360);
}

static void reads_signed_numbers(void)
{
	int64_t value = 7;

	CHECK_INT(vmcoreinfo_number(&info, "PAGE_BUDDY_MAPCOUNT_VALUE", &value),
		  0);
	CHECK_INT(value, -129);
	CHECK_INT(vmcoreinfo_number(&info, "VMALLOC_START", &value), 0);
	CHECK_INT(value, (int64_t)0xff45000000000000);
	CHECK_INT(vmcoreinfo_number(&info, "min", &value), 0);
	CHECK_INT(value, INT64_MIN);
	CHECK_INT(vmcoreinfo_number(&info, "max", &value), 0);
	CHECK_INT(value, INT64_MAX);
	value = 7;
	CHECK_INT(vmcoreinfo_number(&info, "over", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_number(&info, "under", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_number(&info, "minus", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_number(&info, "hex", &value), -EBADMSG);
	CHECK_INT(value, 7);
}

static void takes_nothing_but_digits(void)
{
	uint64_t value = 7;

	CHECK_INT(vmcoreinfo_size(&info, "page2", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_size(&info, "page3", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_size(&info, "page4", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_size(&info, "page6", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_size(&info, "page7", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_size(&info, "page8", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_symbol(&info, "x", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_decimal(&info, "OSRELEASE", &value), -EBADMSG);
	CHECK_INT(vmcoreinfo_decimal(&info, "KERNELOFFSET", &value), -EBADMSG);
	CHECK_INT(value, 7);
	CHECK_INT(vmcoreinfo_size(&info, "page5", &value), 0);
	CHECK(value == UINT64_MAX);
}

static void knows_what_is_missing(void)
{
	char name[200] = "";
	uint64_t value = 7;

	CHECK_INT(vmcoreinfo_size(&info, "pag", &value), -ENODATA);
	CHECK_INT(vmcoreinfo_size(&info, "init_uts_ns", &value), -ENODATA);
	CHECK_INT(vmcoreinfo_decimal(&info, "AGESIZE", &value), -ENODATA);
	CHECK_INT(vmcoreinfo_decimal(&info, "not a line of vmcoreinfo", &value),
		  -ENODATA);
	memset(name, 'x', sizeof(name) - 1);
	CHECK_INT(vmcoreinfo_size(&info, name, &value), -ENODATA);
	CHECK_INT(vmcoreinfo_size(&(struct vmcoreinfo){ 0 }, "page", &value),
		  -ENODATA);
	CHECK_INT(value, 7);
}

static void gives_text_that_can_be_shown(void)
{
	char buf[40];

	CHECK_INT(vmcoreinfo_string(&info, "OSRELEASE", buf, sizeof(buf)), 0);
	CHECK_STR(buf, "6.1.0-56-cloud-amd64");
	CHECK_INT(vmcoreinfo_string(&info, "OSRELEASE", buf, 6), 0);
	CHECK_STR(buf, "6.1.0");
	CHECK_INT(vmcoreinfo_string(&info, "OSRELEASE", buf, 0), 0);
	CHECK_INT(vmcoreinfo_string(&info, "BAD\x1b", buf, sizeof(buf)), 0);
	CHECK_STR(buf, "_[2J_ ok");
	CHECK_INT(vmcoreinfo_string(&info, "NONE", buf, sizeof(buf)), -ENODATA);
}

static void loads_the_note_behind_device_dumps(void)
{
	struct vmcoreinfo loaded;
	struct vmcore core;
	uint64_t value;

	CHECK_INT(vmcore_open(&core,
			      vmcore_file("dump a\n"
					  "text VMCOREINFO\n"
					  "note CORE 1\n"
					  "zero 336\n"
					  "note VMCOREINFO 0\n"
					  "line PAGESIZE=4096\n"
					  "text CRASHTIME=5\\x00XXX\n" LOAD)),
		  0);
	CHECK_INT(vmcoreinfo_load(&loaded, &core), 0);
	CHECK_INT(vmcoreinfo_decimal(&loaded, "PAGESIZE", &value), 0);
	CHECK_INT(value, 4096);
	CHECK_INT(vmcoreinfo_decimal(&loaded, "CRASHTIME", &value), 0);
	CHECK_INT(value, 5);
	CHECK_INT(loaded.len, 25);
	vmcoreinfo_free(&loaded);
	vmcore_close(&core);
}

static void fails(const char *description, int want, const char *why)
{
	struct vmcoreinfo loaded;
	struct vmcore core;
	const char *log;

	CHECK_INT(vmcore_open(&core, vmcore_file(description)), 0);
	log_take();
	CHECK_INT(vmcoreinfo_load(&loaded, &core), want);
	log = log_taken();
	if (!strstr(log, why))
		CHECK_STR(log, why);
	CHECK(!loaded.text);
	vmcore_close(&core);
}

static void says_why_there_is_none(void)
{
	fails("note CORE 1\nzero 4\n" LOAD, -ENODATA, "no vmcoreinfo in");
	fails("note CORE 1\nnhdr descsz 99\n" LOAD, -EBADMSG, "overruns");
	fails("note VMCOREINFO 0\nnhdr descsz 0x80000000\n" LOAD, -EBADMSG,
	      "overruns");
	fails("note VMCOREINFO 0\nzero 65537\n" LOAD, -EFBIG,
	      "65537 bytes: more than 65536");
}

static void reads_who_the_machine_was(void)
{
	struct vmcore_utsname name;
	struct vmcoreinfo loaded;
	struct vmcore core;

	CHECK_INT(vmcore_open(&core, vmcore_file("note VMCOREINFO 0\n"
						 "info uts\n"
						 "load 0xffff0000 0\n"
						 "zero 100\n"
						 "uts a\x1b"
						 "b 6.1 x86_64\n")),
		  0);
	CHECK_INT(vmcoreinfo_load(&loaded, &core), 0);
	CHECK_INT(utsname_read(&core, &loaded, &name), 0);
	CHECK_STR(name.sysname, "Linux");
	CHECK_STR(name.nodename, "a_b");
	CHECK_STR(name.release, "6.1");
	CHECK_STR(name.version, "#1 SMP");
	CHECK_STR(name.machine, "x86_64");
	CHECK_STR(name.domainname, "(none)");
	vmcoreinfo_free(&loaded);
	vmcore_close(&core);
}

static void ends_names_that_fill_their_field(void)
{
	struct vmcore_utsname name;
	struct vmcoreinfo loaded;
	struct vmcore core;

	CHECK_INT(vmcore_open(&core, vmcore_file("note VMCOREINFO 0\n"
						 "info uts\n"
						 "load 0xffff0000 0\n"
						 "label init_uts_ns\n"
						 "fill 390 1\n")),
		  0);
	CHECK_INT(vmcoreinfo_load(&loaded, &core), 0);
	CHECK_INT(utsname_read(&core, &loaded, &name), 0);
	CHECK(strlen(name.domainname) < UTSNAME_LEN);
	vmcoreinfo_free(&loaded);
	vmcore_close(&core);
	/* One byte short. */
	CHECK_INT(vmcore_open(&core, vmcore_file("note VMCOREINFO 0\n"
						 "info uts\n"
						 "load 0xffff0000 0\n"
						 "label init_uts_ns\n"
						 "fill 389 1\n")),
		  0);
	CHECK_INT(vmcoreinfo_load(&loaded, &core), 0);
	CHECK_INT(utsname_read(&core, &loaded, &name), -EFAULT);
	CHECK_STR(name.nodename, "");
	CHECK_INT(utsname_read(&core, &(struct vmcoreinfo){ 0 }, &name),
		  -ENODATA);
	vmcoreinfo_free(&loaded);
	vmcore_close(&core);
}

int main(void)
{
	RUN(finds_each_kind);
	RUN(reads_signed_numbers);
	RUN(takes_nothing_but_digits);
	RUN(knows_what_is_missing);
	RUN(gives_text_that_can_be_shown);
	RUN(loads_the_note_behind_device_dumps);
	RUN(says_why_there_is_none);
	RUN(reads_who_the_machine_was);
	RUN(ends_names_that_fill_their_field);
	return tap_done();
}
