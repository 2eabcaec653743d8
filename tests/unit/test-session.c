// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * session.json of a vmcore of two pages, written to a file target.
 */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/note.h"
#include "capture/session.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "tests/tap.h"

/* The https target is not linked here, but target.c knows it. */
const struct target_ops target_https = { .scheme = "https" };

#define INFO                                                                   \
	"OSRELEASE=6.1.0\nPAGESIZE=4096\n"                                     \
	"SYMBOL(init_uts_ns)=ffffffff81000ffc\nOFFSET(uts_namespace.name)=4\n" \
	"CRASHTIME=1795329393\n"

/* Two device dumps, vmcoreinfo, and the memory twice: text and direct map. */
static const struct image {
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdrs[4];
	struct notes {
		struct dump {
			Elf64_Nhdr hdr;
			char name[8];
			char dump_name[DUMP_NAME_LEN];
			char data[8];
		} dumps[2];
		Elf64_Nhdr hdr;
		char name[12];
		char info[(sizeof(INFO) + 3) & ~3];
	} notes;
	char uts[6][65];
} image = {
	.ehdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = offsetof(struct image, phdrs),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 4,
	},
	.phdrs = {
		{ .p_type = PT_NOTE, .p_offset = offsetof(struct image, notes),
		  .p_filesz = sizeof(struct notes) },
		{ .p_type = PT_LOAD, .p_offset = offsetof(struct image, uts),
		  .p_vaddr = 0xffffffff81001000, .p_paddr = 0x1000,
		  .p_filesz = 390, .p_memsz = 390 },
		{ .p_type = PT_LOAD, .p_offset = offsetof(struct image, uts),
		  .p_vaddr = 0xffff888000001000, .p_paddr = 0x1000,
		  .p_filesz = 390, .p_memsz = 390 },
		{ .p_type = PT_LOAD, .p_offset = offsetof(struct image, uts),
		  .p_vaddr = 0xffff888000100000, .p_paddr = 0x100000,
		  .p_filesz = 10, .p_memsz = 10 },
	},
	.notes = {
		.dumps = {
			{ { 6, 52, NT_VMCOREDD }, "LINUX", "cxgb4_0000:02", "a" },
			{ { 6, 52, NT_VMCOREDD }, "LINUX", "odd\"\xff name", "b" },
		},
		.hdr = { 11, sizeof(INFO) - 1, 0 },
		.name = "VMCOREINFO",
		.info = INFO,
	},
	.uts = { "Linux", "db-07", "6.1.0-56", "#1 SMP", "x86_64", "(none)" },
};

/* Without the padding of the struct. */
#define IMAGE_LEN (offsetof(struct image, uts) + sizeof(image.uts))

static char dir[] = "/tmp/test-session.XXXXXX";
static char text[256 << 10];
static struct session session;

static const char *write_image(const void *bytes, size_t len)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/vmcore", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK_INT(write_full(fd, bytes, len), 0);
	close(fd);
	return path;
}

/* session.json by way of a file target, to text. */
static int write_json(const char *id)
{
	const struct target_config config = { 0 };
	struct object_result result;
	struct target *target;
	struct object object;
	char url[64], path[128];
	char *json;
	int ret;

	snprintf(url, sizeof(url), "file://%s", dir);
	ret = target_open(&target, url, &config, id);
	if (ret < 0)
		return ret;
	object_init(&object, target, "session.json", OBJECT_STREAM);
	ret = session_write(&session, FORMAT_ELF, &object);
	if (!ret)
		ret = object_end(&object, &result);
	object_free(&object);
	target_close(target);
	if (ret < 0)
		return ret;
	snprintf(path, sizeof(path), "%s/%s/session.json", dir, id);
	ret = read_file(path, sizeof(text) - 1, &json, NULL);
	if (!ret)
		snprintf(text, sizeof(text), "%s", json);
	free(json);
	return ret;
}

static void ids_are_time_and_number(void)
{
	char id[SESSION_ID_LEN + 1];

	session_format_id(id, 1795329393, 0x1234abcd);
	CHECK_STR(id, "20261122T063633Z-1234abcd");
	session_format_id(id, 0, 0);
	CHECK_STR(id, "19700101T000000Z-00000000");
	session_format_id(id, 253402300799, UINT32_MAX);
	CHECK_STR(id, "99991231T235959Z-ffffffff");
	CHECK(name_is_object(id));
}

static void memory_counts_the_kernel_text_once(void)
{
	Elf64_Phdr phdrs[] = {
		{ .p_type = PT_NOTE, .p_filesz = 999 },
		{ .p_type = PT_LOAD, .p_paddr = 0x2000, .p_filesz = 0x1000 },
		{ .p_type = PT_LOAD, .p_paddr = 0x1000, .p_filesz = 0x2000 },
		{ .p_type = PT_LOAD, .p_paddr = 0x8000, .p_filesz = 0x4000 },
	};
	struct vmcore core = { .phdrs = phdrs, .n_phdrs = 4 };

	CHECK_INT(session_memory(&core), 0x6000);
	phdrs[1].p_paddr = 0x2001;
	CHECK_INT(session_memory(&core), 0x7000);
	phdrs[1].p_paddr = UINT64_MAX;
	CHECK_INT(session_memory(&core), 0x7000);
}

static void describes_the_crash(void)
{
	const char *capture, *vmcore;

	CHECK_INT(session_open(&session, write_image(&image, IMAGE_LEN)), 0);
	session_name(&session, "from-the-configuration");
	CHECK(!strncmp(session.id, "20261122T063633Z-", 17));
	strcpy(session.id, "20261122T063633Z-00000001");
	CHECK_INT(session.drivers.n, 0);
	session.drivers.n = 1;
	strcpy(session.drivers.list[0].name, "cxgb4");
	session.drivers.list[0].state = DRIVER_FAILED;
	session.drivers.list[0].err = -EIO;
	CHECK_INT(write_json("a"), 0);
	capture = strstr(text, "  \"capture\": {\n    \"live\": false,\n");
	vmcore = strstr(text, "  \"vmcore\": {\n");
	CHECK(capture && vmcore);
	if (capture && vmcore) {
		text[capture - text] = '\0';
		CHECK_STR(vmcore, "  \"vmcore\": {\n"
				  "    \"format\": \"elf\",\n"
				  "    \"source_size\": 966,\n"
				  "    \"loads\": 3,\n"
				  "    \"memory\": 400,\n"
				  "    \"notes_size\": 288\n"
				  "  },\n"
				  "  \"drivers\": [\n"
				  "    {\n"
				  "      \"name\": \"cxgb4\",\n"
				  "      \"state\": \"failed\",\n"
				  "      \"error\": \"Input/output error\",\n"
				  "      \"ms\": 0,\n"
				  "      \"bytes\": 0\n"
				  "    }\n"
				  "  ],\n"
				  "  \"n_device_dumps\": 2,\n"
				  "  \"device_dumps\": [\n"
				  "    {\n"
				  "      \"name\": \"cxgb4_0000:02\",\n"
				  "      \"size\": 8,\n"
				  "      \"object\": \"device-dumps/"
				  "00-cxgb4_0000:02.zst\",\n"
				  "      \"in_vmcore\": true\n"
				  "    },\n"
				  "    {\n"
				  "      \"name\": \"odd\\\"_ name\",\n"
				  "      \"size\": 8,\n"
				  "      \"object\": \"device-dumps/"
				  "01-odd___name.zst\",\n"
				  "      \"in_vmcore\": true\n"
				  "    }\n"
				  "  ]\n"
				  "}\n");
	}
	CHECK_STR(text, "{\n"
			"  \"schema\": \"barecap-session\",\n"
			"  \"version\": 1,\n"
			"  \"session\": \"20261122T063633Z-00000001\",\n"
			"  \"software\": \"barecap 0.1\",\n"
			"  \"host\": \"db-07\",\n"
			"  \"kernel\": {\n"
			"    \"release\": \"6.1.0-56\",\n"
			"    \"version\": \"#1 SMP\",\n"
			"    \"machine\": \"x86_64\"\n"
			"  },\n"
			"  \"crash_time\": 1795329393,\n");
	session_close(&session);
}

/* Bytes of the image changed at one place. */
static const char *spoilt(size_t off, const void *bytes, size_t len)
{
	static struct image copy;

	copy = image;
	memcpy((char *)&copy + off, bytes, len);
	return write_image(&copy, IMAGE_LEN);
}

static void goes_on_without_vmcoreinfo(void)
{
	const char *path = spoilt(offsetof(struct image, notes.name), "XXX", 3);

	CHECK_INT(session_open(&session, path), 0);
	session_name(&session, NULL);
	CHECK_INT(session.crash_time, 0);
	CHECK_INT(write_json("b"), 0);
	CHECK(strstr(text, "\"host\": null"));
	CHECK(strstr(text, "\"release\": null"));
	CHECK(strstr(text, "\"crash_time\": null"));
	session_close(&session);
}

static void takes_the_host_from_the_configuration(void)
{
	static const char *const useless[] = { "", "(none)", "localhost" };

	for (size_t i = 0; i < 3; i++) {
		const char *path = spoilt(offsetof(struct image, uts[1]),
					  useless[i], strlen(useless[i]) + 1);

		CHECK_INT(session_open(&session, path), 0);
		session_name(&session, "rack-7");
		CHECK_STR(session.host, "rack-7");
		session_close(&session);
	}
}

static void takes_no_time_beyond_the_year_9999(void)
{
	const char *path =
		spoilt(offsetof(struct image, notes.info) + sizeof(INFO) - 12,
		       "99999999999", 11);

	CHECK_INT(session_open(&session, path), 0);
	CHECK_INT(session.crash_time, 99999999999);
	session_close(&session);

	/* Over OSRELEASE and PAGESIZE; the first of two counts. */
	path = spoilt(offsetof(struct image, notes.info),
		      "CRASHTIME=999999999999999\nXXX=", 30);
	CHECK_INT(session_open(&session, path), 0);
	CHECK_INT(session.crash_time, 0);
	session_close(&session);
}

static void refuses_notes_that_overrun(void)
{
	Elf64_Word len = sizeof(image.notes);
	const char *path;

	path = spoilt(offsetof(struct image, notes.hdr.n_descsz), &len,
		      sizeof(len));
	CHECK_INT(session_open(&session, path), -EBADMSG);
}

/* Cut anywhere, it is refused, or it would not be a whole vmcore. */
static void refuses_a_cut_at_every_byte(void)
{
	for (size_t len = 0; len < IMAGE_LEN; len++) {
		const char *path = write_image(&image, len);

		CHECK_INT(session_open(&session, path), -EBADMSG);
	}
}

int main(void)
{
	char command[64];

	log_set_level(0);
	if (!mkdtemp(dir))
		return 1;
	RUN(ids_are_time_and_number);
	RUN(memory_counts_the_kernel_text_once);
	RUN(describes_the_crash);
	RUN(goes_on_without_vmcoreinfo);
	RUN(takes_the_host_from_the_configuration);
	RUN(takes_no_time_beyond_the_year_9999);
	RUN(refuses_notes_that_overrun);
	RUN(refuses_a_cut_at_every_byte);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		return 1;
	return tap_done();
}
