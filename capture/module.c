// SPDX-License-Identifier: GPL-2.0-or-later

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/module.h"

/* All in 64 bits, and without a sum that could wrap. */
static bool within(const struct module_part *part, uint64_t len)
{
	return part->off <= len && part->len <= len - part->off;
}

/* The caller has checked that it is there. */
static Elf64_Shdr section_at(const struct module *module, uint64_t table,
			     uint16_t i)
{
	Elf64_Shdr shdr;

	memcpy(&shdr, module->file + table + (uint64_t)i * sizeof(shdr),
	       sizeof(shdr));
	return shdr;
}

static struct module_part content(const Elf64_Shdr *shdr)
{
	return (struct module_part){ shdr->sh_offset, shdr->sh_size };
}

/* Is text, with its NUL, at off of the part? */
static bool text_at(const struct module *module, const struct module_part *part,
		    uint64_t off, const char *text)
{
	size_t len = strlen(text) + 1;

	return off <= part->len && len <= part->len - off &&
	       !memcmp(module->file + part->off + off, text, len);
}

static int take_info(struct module *module, const Elf64_Shdr *shdr)
{
	struct module_part part = content(shdr);

	if (!within(&part, module->len))
		return -EBADMSG;
	while (part.len && module->file[part.off + part.len - 1])
		part.len--;
	module->info = part;
	return 0;
}

static int take_symbols(struct module *module, const Elf64_Ehdr *ehdr,
			const Elf64_Shdr *shdr)
{
	Elf64_Shdr names;

	if (shdr->sh_link >= ehdr->e_shnum)
		return -EBADMSG;
	names = section_at(module, ehdr->e_shoff, (uint16_t)shdr->sh_link);
	module->symbols = content(shdr);
	module->names = content(&names);
	if (names.sh_type != SHT_STRTAB ||
	    !within(&module->symbols, module->len) ||
	    !within(&module->names, module->len))
		return -EBADMSG;
	return 0;
}

static int check_header(const struct module *module, Elf64_Ehdr *ehdr)
{
	struct module_part table;

	if (module->len < sizeof(*ehdr))
		return -EBADMSG;
	memcpy(ehdr, module->file, sizeof(*ehdr));
	table.off = ehdr->e_shoff;
	table.len = (uint64_t)ehdr->e_shnum * sizeof(Elf64_Shdr);
	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG) ||
	    ehdr->e_ident[EI_CLASS] != ELFCLASS64 ||
	    ehdr->e_ident[EI_DATA] != ELFDATA2LSB || ehdr->e_type != ET_REL ||
	    ehdr->e_shentsize != sizeof(Elf64_Shdr) ||
	    ehdr->e_shstrndx >= ehdr->e_shnum || !within(&table, module->len))
		return -EBADMSG;
	return 0;
}

static int parse(struct module *module)
{
	struct module_part names;
	Elf64_Ehdr ehdr;
	Elf64_Shdr shdr;
	int ret;

	ret = check_header(module, &ehdr);
	if (ret < 0)
		return ret;
	shdr = section_at(module, ehdr.e_shoff, ehdr.e_shstrndx);
	names = content(&shdr);
	if (!within(&names, module->len))
		return -EBADMSG;
	for (uint16_t i = 0; i < ehdr.e_shnum && !ret; i++) {
		shdr = section_at(module, ehdr.e_shoff, i);
		if (shdr.sh_type == SHT_SYMTAB)
			ret = take_symbols(module, &ehdr, &shdr);
		else if (shdr.sh_type == SHT_PROGBITS &&
			 text_at(module, &names, shdr.sh_name, ".modinfo"))
			ret = take_info(module, &shdr);
	}
	return ret;
}

static int map_file(struct module *module, int fd)
{
	struct stat st;
	void *file;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		return -EBADMSG;
	if (st.st_size > MODULE_FILE_MAX)
		return -EFBIG;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED)
		return -errno;
	module->file = file;
	module->len = (size_t)st.st_size;
	return 0;
}

int module_open(struct module *module, const char *path)
{
	int fd, ret;

	*module = (struct module){ 0 };
	/* What is a FIFO must not be waited for. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = map_file(module, fd);
	close(fd);
	if (!ret)
		ret = parse(module);
	if (ret < 0)
		module_close(module);
	return ret;
}

void module_close(struct module *module)
{
	if (module->file)
		munmap((void *)module->file, module->len);
	*module = (struct module){ 0 };
}

const char *module_info(const struct module *module, const char *tag,
			const char *prev)
{
	const char *text = (const char *)module->file + module->info.off;
	const char *end = text + module->info.len;
	size_t len = strlen(tag);

	if (prev)
		text = prev + strlen(prev) + 1;
	for (; text < end; text += strlen(text) + 1)
		if (!strncmp(text, tag, len) && text[len] == '=')
			return text + len + 1;
	return NULL;
}

bool module_needs(const struct module *module, const char *symbol)
{
	Elf64_Sym sym;

	for (uint64_t off = 0; module->symbols.len - off >= sizeof(sym);
	     off += sizeof(sym)) {
		memcpy(&sym, module->file + module->symbols.off + off,
		       sizeof(sym));
		if (sym.st_shndx == SHN_UNDEF &&
		    text_at(module, &module->names, sym.st_name, symbol))
			return true;
	}
	return false;
}

static char name_char(char c)
{
	return c == '-' ? '_' : c;
}

bool module_same_name(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len != b_len)
		return false;
	for (size_t i = 0; i < a_len; i++)
		if (name_char(a[i]) != name_char(b[i]))
			return false;
	return true;
}
