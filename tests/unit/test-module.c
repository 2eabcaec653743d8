// SPDX-License-Identifier: GPL-2.0-or-later

#include <elf.h>
#include <errno.h>
#include <sys/stat.h>

#include "capture/module.h"
#include "netstream/io.h"
#include "tests/module-object.h"
#include "tests/tap.h"
#include "tests/unit/scratch.h"

static const char *const info[] = {
	"license=GPL",
	"alias=pci:v00001425d00005410sv*sd*bc*sc*i*",
	"depends=mdio,zlib_deflate",
	"aliases=no",
	"alias=",
	"name=cxgb4",
	"alias=of:N*T*",
	NULL,
};

static struct module module;
static char path[64], copy[64];
static unsigned char *bytes; /* of the file at path */
static size_t n_bytes;

static void write_copy(const void *buf, size_t len)
{
	FILE *f = fopen(copy, "w");

	CHECK(f && fwrite(buf, 1, len, f) == len && fclose(f) == 0);
}

/* The module with len bytes at off replaced. */
static int open_changed(size_t off, const void *what, size_t len)
{
	unsigned char saved[64];
	int ret;

	memcpy(saved, bytes + off, len);
	memcpy(bytes + off, what, len);
	write_copy(bytes, n_bytes);
	ret = module_open(&module, copy);
	memcpy(bytes + off, saved, len);
	return ret;
}

/* Everything that a caller does with it. */
static void use(void)
{
	for (const char *p = NULL; (p = module_info(&module, "alias", p));)
		CHECK(strlen(p) < n_bytes);
	module_needs(&module, "vmcore_add_device_dump");
	module_close(&module);
}

static void reads_what_the_compiler_made(void)
{
	const char *value;

	CHECK_INT(module_open(&module, path), 0);
	CHECK_STR(module_info(&module, "depends", NULL), "mdio,zlib_deflate");
	CHECK_STR(module_info(&module, "name", NULL), "cxgb4");
	CHECK(!module_info(&module, "nam", NULL));
	CHECK(!module_info(&module, "vermagic", NULL));
	value = module_info(&module, "alias", NULL);
	CHECK_STR(value, "pci:v00001425d00005410sv*sd*bc*sc*i*");
	value = module_info(&module, "alias", value);
	CHECK_STR(value, "");
	value = module_info(&module, "alias", value);
	CHECK_STR(value, "of:N*T*");
	CHECK(!module_info(&module, "alias", value));
	CHECK(module_needs(&module, "vmcore_add_device_dump"));
	CHECK(!module_needs(&module, "init_module")); /* it has that one */
	CHECK(!module_needs(&module, "vmcore_add_device_dum"));
	CHECK(!module_needs(&module, "vmcore_add_device_dumps"));
	CHECK(!module_needs(&module, "core_add_device_dump_x"));
	module_close(&module);
	CHECK(!module.file);
}

static void an_object_without_modinfo_says_nothing(void)
{
	static const char *const nothing[] = { NULL };

	module_object(copy, nothing, "puts");
	CHECK_INT(module_open(&module, copy), 0);
	CHECK(!module_info(&module, "name", NULL));
	CHECK(!module_needs(&module, "vmcore_add_device_dump"));
	CHECK(module_needs(&module, "puts"));
	module_close(&module);
}

static void refuses_what_is_no_object(void)
{
	static const unsigned char c32 = ELFCLASS32, msb = ELFDATA2MSB;
	static const uint16_t exec = ET_EXEC, size = 63, many = 0xffff;
	static const uint64_t far = UINT64_MAX - 63;
	uint64_t off = n_bytes - 63;

	CHECK_INT(open_changed(0, "\177ELf", 4), -EBADMSG);
	CHECK_INT(open_changed(EI_CLASS, &c32, 1), -EBADMSG);
	CHECK_INT(open_changed(EI_DATA, &msb, 1), -EBADMSG);
	CHECK_INT(open_changed(offsetof(Elf64_Ehdr, e_type), &exec, 2),
		  -EBADMSG);
	CHECK_INT(open_changed(offsetof(Elf64_Ehdr, e_shentsize), &size, 2),
		  -EBADMSG);
	CHECK_INT(open_changed(offsetof(Elf64_Ehdr, e_shnum), &many, 2),
		  -EBADMSG);
	CHECK_INT(open_changed(offsetof(Elf64_Ehdr, e_shnum), "\0", 2),
		  -EBADMSG);
	CHECK_INT(open_changed(offsetof(Elf64_Ehdr, e_shstrndx), &many, 2),
		  -EBADMSG);
	CHECK_INT(open_changed(offsetof(Elf64_Ehdr, e_shoff), &far, 8),
		  -EBADMSG);
	CHECK_INT(open_changed(offsetof(Elf64_Ehdr, e_shoff), &off, 8),
		  -EBADMSG);
	write_copy("", 0);
	CHECK_INT(module_open(&module, copy), -EBADMSG);
	CHECK_INT(module_open(&module, scratch), -EBADMSG);
	CHECK_INT(module_open(&module, "/nonexistent"), -ENOENT);
	unlink(copy);
	CHECK_INT(mkfifo(copy, 0600), 0);
	CHECK_INT(module_open(&module, copy), -EBADMSG);
	unlink(copy);
	CHECK(!module.file);
}

static void refuses_a_file_that_is_too_large(void)
{
	write_copy(bytes, n_bytes);
	CHECK_INT(truncate(copy, MODULE_FILE_MAX), 0);
	CHECK_INT(module_open(&module, copy), 0);
	module_close(&module);
	CHECK_INT(truncate(copy, (off_t)MODULE_FILE_MAX + 1), 0);
	CHECK_INT(module_open(&module, copy), -EFBIG);
}

/* The section headers, as they lie in the file. */
static Elf64_Shdr *section(uint16_t i)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;

	return (Elf64_Shdr *)(bytes + ehdr->e_shoff) + i;
}

/* The sections that count: one that overruns the file, by little or much. */
static void refuses_sections_outside_of_the_file(void)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;
	int n_refused = 0;

	for (uint16_t i = 1; i < ehdr->e_shnum; i++) {
		size_t at = (size_t)((unsigned char *)section(i) - bytes);
		uint64_t off = n_bytes - section(i)->sh_size + 1;
		uint64_t len = 0 - section(i)->sh_offset;
		uint32_t link = ehdr->e_shnum;
		int ret;

		ret = open_changed(at + offsetof(Elf64_Shdr, sh_offset), &off,
				   8);
		CHECK(ret == 0 || ret == -EBADMSG);
		n_refused += ret < 0;
		use();
		CHECK_INT(open_changed(at + offsetof(Elf64_Shdr, sh_size), &len,
				       8),
			  ret);
		use();
		ret = open_changed(at + offsetof(Elf64_Shdr, sh_link), &link,
				   4);
		CHECK_INT(ret,
			  section(i)->sh_type == SHT_SYMTAB ? -EBADMSG : 0);
		use();
	}
	/* .modinfo, .symtab, .strtab, .shstrtab */
	CHECK_INT(n_refused, 4);
}

/* What lies behind the table of sections looks like one more section. */
static void no_symbol_table_has_names_behind_the_last_section(void)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;
	size_t table = ehdr->e_shnum * sizeof(Elf64_Shdr);
	uint64_t off = (n_bytes + 7) / 8 * 8;
	size_t size = off + table + sizeof(Elf64_Shdr);
	unsigned char *moved = calloc(1, size);
	Elf64_Shdr *shdr = (Elf64_Shdr *)(moved + off);

	memcpy(moved, bytes, n_bytes);
	memcpy(shdr, section(0), table);
	memcpy(moved + offsetof(Elf64_Ehdr, e_shoff), &off, 8);
	shdr[ehdr->e_shnum].sh_type = SHT_STRTAB;
	write_copy(moved, size);
	CHECK_INT(module_open(&module, copy), 0);
	module_close(&module);
	for (uint16_t i = 1; i < ehdr->e_shnum; i++)
		shdr[i].sh_link = ehdr->e_shnum;
	write_copy(moved, size);
	CHECK_INT(module_open(&module, copy), -EBADMSG);
	free(moved);
}

/* The compiler puts the undefined symbol's name last. */
static void a_name_that_overruns_its_section_is_none(void)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;

	for (uint16_t i = 1; i < ehdr->e_shnum; i++) {
		size_t at = (size_t)((unsigned char *)section(i) - bytes);
		uint64_t len = section(i)->sh_size - 1;

		if (section(i)->sh_type != SHT_STRTAB)
			continue;
		CHECK_INT(open_changed(at + offsetof(Elf64_Shdr, sh_size), &len,
				       8),
			  0);
		CHECK(module_needs(&module, "vmcore_add_device_dump") ==
		      (i == ehdr->e_shstrndx));
		module_close(&module);
	}
}

static void names_outside_of_their_section_are_none(void)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;
	uint32_t far = UINT32_MAX;

	for (uint16_t i = 1; i < ehdr->e_shnum; i++) {
		size_t at = (size_t)((unsigned char *)section(i) - bytes);
		size_t sym = section(i)->sh_offset;

		CHECK_INT(open_changed(at + offsetof(Elf64_Shdr, sh_name), &far,
				       4),
			  0);
		module_close(&module);
		if (section(i)->sh_type != SHT_SYMTAB)
			continue;
		for (; sym < section(i)->sh_offset + section(i)->sh_size;
		     sym += sizeof(Elf64_Sym)) {
			CHECK_INT(open_changed(sym, &far, 4), 0);
			use();
		}
	}
}

static void a_last_string_without_its_end_is_left_out(void)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;
	const char *value;

	for (uint16_t i = 1; i < ehdr->e_shnum; i++) {
		size_t at = (size_t)((unsigned char *)section(i) - bytes);
		uint64_t len = section(i)->sh_size - 1;

		if (section(i)->sh_type != SHT_PROGBITS || len > n_bytes ||
		    memcmp(bytes + section(i)->sh_offset, info[0], 8))
			continue;
		CHECK_INT(open_changed(at + offsetof(Elf64_Shdr, sh_size), &len,
				       8),
			  0);
		value = module_info(&module, "alias", NULL);
		value = module_info(&module, "alias", value);
		CHECK_STR(value, "");
		CHECK(!module_info(&module, "alias", value));
		module_close(&module);
		return;
	}
	CHECK(0);
}

static void survives_a_cut_at_every_byte(void)
{
	for (size_t len = 0; len < n_bytes; len++) {
		write_copy(bytes, len);
		CHECK_INT(module_open(&module, copy), -EBADMSG);
	}
}

static bool same(const char *a, const char *b)
{
	return module_same_name(a, strlen(a), b, strlen(b));
}

static void dash_and_underscore_are_the_same(void)
{
	CHECK(same("snd-hda_intel", "snd_hda-intel"));
	CHECK(same("", ""));
	CHECK(!same("a", "b"));
	CHECK(!same("a_", "a"));
	CHECK(!same("a.b", "a_b"));
}

int main(void)
{
	close(scratch_make());
	snprintf(path, sizeof(path), "%s/module.ko", scratch);
	snprintf(copy, sizeof(copy), "%s/copy.ko", scratch);
	module_object(path, info, "vmcore_add_device_dump");
	if (read_file(path, MODULE_FILE_MAX, (char **)&bytes, &n_bytes) < 0)
		return 1;
	RUN(reads_what_the_compiler_made);
	RUN(an_object_without_modinfo_says_nothing);
	RUN(refuses_what_is_no_object);
	RUN(refuses_a_file_that_is_too_large);
	RUN(refuses_sections_outside_of_the_file);
	RUN(no_symbol_table_has_names_behind_the_last_section);
	RUN(a_name_that_overruns_its_section_is_none);
	RUN(names_outside_of_their_section_are_none);
	RUN(a_last_string_without_its_end_is_left_out);
	RUN(survives_a_cut_at_every_byte);
	RUN(dash_and_underscore_are_the_same);
	free(bytes);
	return tap_done();
}
