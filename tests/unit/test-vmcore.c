// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>
#include <fcntl.h>

#include "capture/vmcore.h"
#include "capture/window.h"
#include "tests/tap.h"
#include "tests/unit/vmcore-file.h"

/* The kernel's text lies in the direct map's load a second time. */
#define TWO_LOADS                             \
	"note CORE 1\n"                       \
	"zero 336\n"                          \
	"load 0xffffffff81000000 0x1000000\n" \
	"text kernel\n"                       \
	"align 4096\n"                        \
	"load 0xffff888000000000 0x10000\n"   \
	"text direct map\n"                   \
	"align 4096\n"                        \
	"load 0xffff888000001000 0x11000\n"   \
	"text behind it\n"                    \
	"fill 5000 3\n"

static void opens_what_the_kernel_lays_out(void)
{
	struct vmcore core;

	CHECK_INT(vmcore_open(&core, vmcore_file(TWO_LOADS)), 0);
	CHECK_INT(core.machine, EM_X86_64);
	CHECK_INT(core.n_phdrs, 4);
	CHECK_INT(core.n_loads, 3);
	CHECK_INT(core.note_off, 4096);
	CHECK_INT(core.note_len, 12 + 8 + 336);
	CHECK_INT(core.size, 4 * 4096 + 9 + 5000);
	vmcore_close(&core);
}

static void opens_aarch64(void)
{
	struct vmcore core;

	CHECK_INT(vmcore_open(&core, vmcore_file("ehdr machine 183\n"
						 "note CORE 1\n"
						 "load 0 0\n"
						 "zero 1\n")),
		  0);
	CHECK_INT(core.machine, EM_AARCH64);
	vmcore_close(&core);
}

static void takes_the_number_of_phdrs_from_section_0(void)
{
	struct vmcore core;

	CHECK_INT(vmcore_open(&core, vmcore_file("ehdr xnum 2\n" TWO_LOADS)),
		  0);
	CHECK_INT(core.n_phdrs, 2);
	CHECK_INT(core.n_loads, 1);
	vmcore_close(&core);
}

static void opens_a_vmcore_without_notes(void)
{
	struct vmcore core;
	const char *log;

	log_take();
	CHECK_INT(vmcore_open(&core, vmcore_file("load 0 0\nzero 9\n")), 0);
	log = log_taken();
	CHECK(strstr(log, "no PT_NOTE"));
	CHECK_INT(core.note_len, 0);
	vmcore_close(&core);
}

static void rejects(const char *description, const char *why)
{
	struct vmcore core;
	const char *log;

	log_take();
	CHECK_INT(vmcore_open(&core, vmcore_file(description)), -EBADMSG);
	log = log_taken();
	if (!strstr(log, why))
		CHECK_STR(log, why);
	CHECK_INT(core.fd, -1);
	CHECK(strchr(log, '\n') == strrchr(log, '\n'));
}

static void rejects_what_is_no_vmcore(void)
{
	rejects("load 0 0\ncut 0\n", "cut short in its ELF header");
	rejects("ehdr class 1\n" TWO_LOADS, "not a 64-bit");
	rejects("ehdr data 2\n" TWO_LOADS, "not little-endian");
	rejects("ehdr type 2\n" TWO_LOADS, "not a core");
	rejects("ehdr machine 21\n" TWO_LOADS, "neither x86_64 nor aarch64");
	rejects("ehdr phentsize 32\n" TWO_LOADS, "of unknown size");
	rejects("ehdr phoff 63\n" TWO_LOADS, "inside the ELF header");
	rejects("ehdr phoff 0x7fffffffffffffff\n" TWO_LOADS, "cut short");
	rejects("ehdr phnum 0\n" TWO_LOADS, "no program headers");
	rejects("ehdr phnum 0xffff\n" TWO_LOADS, "no section header 0");
	rejects("ehdr xnum 0\n" TWO_LOADS, "no program headers");
	rejects("ehdr xnum 65537\n" TWO_LOADS, "too many");
	rejects("ehdr xnum 65536\n" TWO_LOADS, "cut short");
	rejects("note CORE 1\nzero 336\n", "no PT_LOAD");
	rejects("note CORE 1\nnotes\n" TWO_LOADS, "more than one PT_NOTE");
	rejects(TWO_LOADS "phdr offset 0xfffffffffffff000\n", "beyond 2^63");
	rejects(TWO_LOADS "phdr filesz 0xfffffffffffffffe\n", "beyond 2^63");
}

static void rejects_a_file_that_is_no_elf(void)
{
	struct vmcore core;
	const char *log;

	log_take();
	CHECK_INT(vmcore_open(&core, "Makefile"), -EBADMSG);
	log = log_taken();
	CHECK(strstr(log, "not an ELF file"));
}

static void rejects_a_file_that_is_cut_anywhere(void)
{
	static const int cuts[] = { 1,	  63,	64,   65,    287,   288,
				    4095, 4096, 8192, 12288, 16384, 21392 };
	struct vmcore core;
	char text[512];

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		snprintf(text, sizeof(text), TWO_LOADS "cut %d\n", cuts[i]);
		log_take();
		CHECK_INT(vmcore_open(&core, vmcore_file(text)), -EBADMSG);
		log_taken();
	}
	rejects(TWO_LOADS "cut -1\n", "shorter than the 21393 bytes");
}

/* As /proc/vmcore does when memory ends inside a page. */
static void takes_the_rest_of_the_last_page(void)
{
	static const char more[2 * VMCORE_PAGE_LEN] = "rest";
	const char *path = vmcore_file(TWO_LOADS);
	int fd = open(path, O_WRONLY | O_APPEND);
	struct vmcore core;

	CHECK(write(fd, more, sizeof(more)) == sizeof(more));
	close(fd);
	CHECK_INT(vmcore_open(&core, path), 0);
	CHECK_INT(core.size, 6 * VMCORE_PAGE_LEN);
	vmcore_close(&core);
}

static void says_when_there_is_no_file(void)
{
	struct vmcore core;

	log_take();
	CHECK_INT(vmcore_open(&core, "/nonexistent/vmcore"), -ENOENT);
	CHECK(strstr(log_taken(), "open /nonexistent/vmcore: No such file"));
	log_take();
	CHECK_INT(vmcore_open(&core, "/"), -EISDIR);
	log_taken();
}

static void reads_by_address(void)
{
	struct vmcore core;
	char buf[4108] = "";

	CHECK_INT(vmcore_open(&core, vmcore_file(TWO_LOADS)), 0);
	CHECK_INT(vmcore_read_virt(&core, 0xffffffff81000000, buf, 6), 0);
	CHECK_STR(buf, "kernel");
	CHECK_INT(vmcore_read_phys(&core, 0x10007, buf, 3), 0);
	CHECK_MEM(buf, "map", 3);
	/* From one load into the next. */
	CHECK_INT(vmcore_read_virt(&core, 0xffff888000000000, buf, 4106), 0);
	CHECK_MEM(buf, "direct map", 10);
	CHECK_MEM(buf + 4096, "behind it", 9);
	CHECK_INT(vmcore_read_phys(&core, 0x10ffe, buf, 8), 0);
	CHECK_MEM(buf, "\0\0behind", 8);
	vmcore_close(&core);
}

static void has_nothing_at_other_addresses(void)
{
	struct vmcore core;
	char buf[16];

	CHECK_INT(vmcore_open(&core, vmcore_file(TWO_LOADS)), 0);
	CHECK_INT(vmcore_read_virt(&core, 0, buf, 1), -EFAULT);
	CHECK_INT(vmcore_read_virt(&core, 0xffffffff80ffffff, buf, 2), -EFAULT);
	CHECK_INT(vmcore_read_virt(&core, 0xffffffff81000fff, buf, 2), -EFAULT);
	CHECK_INT(vmcore_read_virt(&core, UINT64_MAX, buf, 16), -EFAULT);
	CHECK_INT(vmcore_read_phys(&core, 0xffff, buf, 1), -EFAULT);
	/* The notes are in the file, but in nobody's memory. */
	CHECK_INT(vmcore_read_phys(&core, 0, buf, 1), -EFAULT);
	vmcore_close(&core);
}

static void does_not_take_excluded_memory_for_what_follows(void)
{
	struct vmcore core;
	char buf[16];

	CHECK_INT(vmcore_open(&core, vmcore_file("note CORE 1\n"
						 "load 0x1000 0\n"
						 "zero 4096\n"
						 "phdr memsz 8192\n"
						 "load 0x9000 0x9000\n"
						 "zero 4096\n")),
		  0);
	CHECK_INT(vmcore_read_virt(&core, 0x1fff, buf, 1), 0);
	CHECK_INT(vmcore_read_virt(&core, 0x2000, buf, 1), -EFAULT);
	CHECK_INT(vmcore_read_virt(&core, 0x2001, buf, 1), -EFAULT);
	vmcore_close(&core);
}

static void reads_nothing_outside_the_file(void)
{
	struct vmcore core;
	char buf[16];

	CHECK_INT(vmcore_open(&core, vmcore_file(TWO_LOADS)), 0);
	log_take();
	CHECK_INT(vmcore_read(&core, core.size - 8, buf, 8), 0);
	CHECK_INT(vmcore_read(&core, core.size - 8, buf, 9), -EBADMSG);
	CHECK_INT(vmcore_read(&core, UINT64_MAX, buf, 9), -EBADMSG);
	log_taken();
	vmcore_close(&core);
}

/* 2.5 windows and a bit that is no page. */
#define LARGE                      \
	"note CORE 1\n"            \
	"load 0x100000 0x100000\n" \
	"fill 2700000 5\n"

/* Walks all of it and compares with what read() gives. */
static void walk(struct window *window, const struct vmcore *core)
{
	static unsigned char want[VMCORE_WINDOW_LEN];
	const void *bytes;
	uint64_t off = 0;
	size_t len;

	for (;;) {
		CHECK_INT(window_at(window, off, &bytes, &len), 0);
		if (len == 0 || len > sizeof(want))
			break;
		CHECK_INT(vmcore_read(core, off, want, len), 0);
		CHECK_MEM(bytes, want, len);
		off += len;
	}
	CHECK_INT(off, core->size);
}

static void walks_through_windows(void)
{
	struct window window;
	struct vmcore core;
	const void *bytes;
	size_t len;

	CHECK_INT(vmcore_open(&core, vmcore_file(LARGE)), 0);
	window_init(&window, &core);
	walk(&window, &core);
	CHECK_INT(window.n_bounced, 0);
	/* Back, and to the middle of a page. */
	CHECK_INT(window_at(&window, 4097, &bytes, &len), 0);
	CHECK_INT(len, VMCORE_WINDOW_LEN - 1);
	CHECK_MEM(bytes, "\0\0\0\0\0\0\0\1\0\0\0CORE", 15);
	CHECK_INT(window_at(&window, core.size, &bytes, &len), 0);
	CHECK_INT(len, 0);
	window_close(&window);
	vmcore_close(&core);
}

static void says_where_it_cannot_read(void)
{
	struct window window;
	struct vmcore core;
	const void *bytes;
	const char *log;
	size_t len;

	CHECK_INT(vmcore_open(&core, vmcore_file(LARGE)), 0);
	window_init(&window, &core);
	CHECK_INT(window_at(&window, 0, &bytes, &len), 0);
	/* Somebody cuts the file while it is read: no SIGBUS. */
	CHECK_INT(truncate(core.path, VMCORE_WINDOW_LEN), 0);
	log_take();
	CHECK_INT(window_at(&window, VMCORE_WINDOW_LEN, &bytes, &len), -EIO);
	log = log_taken();
	CHECK(strstr(log, "65536 bytes at 1048576: end of file"));
	window_close(&window);
	vmcore_close(&core);
}

/* /proc/self/mem: what is at an address, for read(), but not for mmap(). */
static void copies_where_it_cannot_map(void)
{
	static char memory[150000];
	uint64_t start = (uintptr_t)memory, off = start;
	struct vmcore core = { .path = "/proc/self/mem",
			       .size = start + sizeof(memory) };
	struct window window;
	const void *bytes;
	size_t len;

	for (size_t i = 0; i < sizeof(memory); i++)
		memory[i] = (char)(i % 251);
	core.fd = open(core.path, O_RDONLY | O_CLOEXEC);
	CHECK(core.fd >= 0);
	window_init(&window, &core);
	while (off < core.size) {
		CHECK_INT(window_at(&window, off, &bytes, &len), 0);
		CHECK(len > 0 && len <= VMCORE_BOUNCE_LEN);
		if (len == 0)
			break;
		CHECK_MEM(bytes, memory + (off - start), len);
		off += len;
	}
	CHECK_INT(off, core.size);
	CHECK_INT(window.n_bounced, sizeof(memory));
	/* One mmap() was tried, and will not be tried again there. */
	CHECK_INT(window.no_map_off, start / 4096 * 4096);
	CHECK_INT(window.no_map_end, core.size);
	window_close(&window);
	vmcore_close(&core);
}

/* The window's owner makes up for what cannot be read. */
static int mend(void *arg, uint64_t off, void *buf, size_t len)
{
	(void)off;
	memset(buf, 'x', len);
	return *(int *)arg;
}

static void lets_its_owner_mend(void)
{
	struct window window;
	struct vmcore core;
	const void *bytes;
	size_t len;
	int ret = 0;

	CHECK_INT(vmcore_open(&core, vmcore_file(LARGE)), 0);
	CHECK_INT(truncate(core.path, VMCORE_WINDOW_LEN), 0);
	window_init(&window, &core);
	window.mend = mend;
	window.mend_arg = &ret;
	log_take();
	CHECK_INT(window_at(&window, VMCORE_WINDOW_LEN, &bytes, &len), 0);
	CHECK_MEM(bytes, "xxxx", 4);
	CHECK_INT(len, VMCORE_BOUNCE_LEN);
	ret = -EIO;
	CHECK_INT(window_at(&window, VMCORE_WINDOW_LEN, &bytes, &len), -EIO);
	CHECK_STR(log_taken(), "");
	window_close(&window);
	vmcore_close(&core);
}

static void makes_text_of_bytes(void)
{
	char text[9];

	vmcore_text(text, "a b\x1b\xff\x7f~/", 8);
	CHECK_STR(text, "a b___~/");
	vmcore_text(text, "abc\0defg", 8);
	CHECK_STR(text, "abc");
	vmcore_text(text, "abcdefgh", 3);
	CHECK_STR(text, "abc");
}

int main(void)
{
	RUN(opens_what_the_kernel_lays_out);
	RUN(opens_aarch64);
	RUN(takes_the_number_of_phdrs_from_section_0);
	RUN(opens_a_vmcore_without_notes);
	RUN(rejects_what_is_no_vmcore);
	RUN(rejects_a_file_that_is_no_elf);
	RUN(rejects_a_file_that_is_cut_anywhere);
	RUN(takes_the_rest_of_the_last_page);
	RUN(says_when_there_is_no_file);
	RUN(reads_by_address);
	RUN(has_nothing_at_other_addresses);
	RUN(does_not_take_excluded_memory_for_what_follows);
	RUN(reads_nothing_outside_the_file);
	RUN(walks_through_windows);
	RUN(says_where_it_cannot_read);
	RUN(copies_where_it_cannot_map);
	RUN(lets_its_owner_mend);
	RUN(makes_text_of_bytes);
	return tap_done();
}
