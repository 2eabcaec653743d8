// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dump/source.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const unsigned char *map_file(const char *path, uint64_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) < 0)
		err(2, "%s", path);
	if (st.st_size == 0)
		errx(2, "%s: empty", path);
	*size = (uint64_t)st.st_size;
	map = mmap(NULL, *size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		err(2, "mmap %s", path);
	close(fd);
	return map;
}

static bool is_load(const Elf64_Phdr *phdr)
{
	return phdr->p_type == PT_LOAD && phdr->p_filesz;
}

static uint64_t page_len(const struct source *source)
{
	return 1ULL << source->page_shift;
}

const unsigned char *source_page(const struct source *source, uint64_t pfn,
				 unsigned int n)
{
	uint64_t addr = pfn << source->page_shift;

	for (size_t i = 0; i < source->n_phdrs; i++) {
		const Elf64_Phdr *load = &source->phdrs[i];

		if (!is_load(load) || addr < load->p_paddr ||
		    addr - load->p_paddr + page_len(source) > load->p_filesz)
			continue;
		if (n-- == 0)
			return source->map + load->p_offset + addr -
			       load->p_paddr;
	}
	return NULL;
}

bool source_has(const struct source *source, uint64_t pfn)
{
	return source_page(source, pfn, 0) != NULL;
}

const unsigned char *source_virt(const struct source *source, uint64_t addr,
				 uint64_t len)
{
	for (size_t i = 0; i < source->n_phdrs; i++) {
		const Elf64_Phdr *load = &source->phdrs[i];

		if (is_load(load) && addr >= load->p_vaddr &&
		    addr - load->p_vaddr + len <= load->p_filesz)
			return source->map + load->p_offset + addr -
			       load->p_vaddr;
	}
	return NULL;
}

static void walk_notes(struct source *source)
{
	const unsigned char *at = source->notes;
	const unsigned char *end = at + source->notes_len;

	while ((size_t)(end - at) >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		uint64_t name_len, desc_len;
		const unsigned char *name = at + sizeof(note);

		memcpy(&note, at, sizeof(note));
		name_len = (note.n_namesz + 3ULL) & ~3ULL;
		desc_len = (note.n_descsz + 3ULL) & ~3ULL;
		if (!note.n_namesz ||
		    name_len + desc_len > (size_t)(end - name))
			return;
		if (note.n_namesz == 11 && !memcmp(name, "VMCOREINFO", 11)) {
			source->info = name + name_len;
			source->info_len = note.n_descsz;
		}
		if (note.n_type == NT_PRSTATUS && !memcmp(name, "CORE", 5))
			source->n_prstatus++;
		at = name + name_len + desc_len;
	}
}

bool source_text(const struct source *source, const char *key, char *text,
		 size_t len)
{
	const char *info = (const char *)source->info;
	const char *end = info + source->info_len;
	size_t key_len = strlen(key);

	while (info && info < end) {
		const char *eol = memchr(info, '\n', (size_t)(end - info));
		size_t line = (size_t)((eol ? eol : end) - info);

		if (line > key_len && !memcmp(info, key, key_len) &&
		    info[key_len] == '=') {
			snprintf(text, len, "%.*s", (int)(line - key_len - 1),
				 info + key_len + 1);
			return true;
		}
		info += line + 1;
	}
	return false;
}

bool source_number(const struct source *source, const char *key, int base,
		   int64_t *number)
{
	char text[32];

	if (!source_text(source, key, text, sizeof(text)))
		return false;
	*number = base == 16 ? (int64_t)strtoull(text, NULL, 16)
			     : strtoll(text, NULL, base);
	return true;
}

void source_open(struct source *source, const char *path)
{
	int64_t page_size = 4096;

	*source = (struct source){ .path = path, .page_shift = 12 };
	source->map = map_file(path, &source->size);
	source->ehdr = (const Elf64_Ehdr *)source->map;
	if (source->size < sizeof(Elf64_Ehdr) ||
	    memcmp(source->map, ELFMAG, SELFMAG) ||
	    source->map[EI_CLASS] != ELFCLASS64 ||
	    source->ehdr->e_phnum == PN_XNUM ||
	    source->ehdr->e_phoff + source->ehdr->e_phnum * 56ULL >
		    source->size)
		errx(1, "%s: no 64-bit ELF file", path);
	source->phdrs =
		(const Elf64_Phdr *)(source->map + source->ehdr->e_phoff);
	source->n_phdrs = source->ehdr->e_phnum;
	for (size_t i = 0; i < source->n_phdrs; i++) {
		const Elf64_Phdr *phdr = &source->phdrs[i];

		if (phdr->p_offset > source->size ||
		    phdr->p_filesz > source->size - phdr->p_offset)
			errx(1, "%s: phdr %zu is outside the file", path, i);
		if (phdr->p_type != PT_NOTE)
			continue;
		source->notes = source->map + phdr->p_offset;
		source->notes_len = phdr->p_filesz;
	}
	if (source->notes)
		walk_notes(source);
	if (source_number(source, "PAGESIZE", 10, &page_size))
		source->page_shift = (unsigned int)__builtin_ctzll(
			(unsigned long long)page_size);
	for (size_t i = 0; i < source->n_phdrs; i++) {
		const Elf64_Phdr *load = &source->phdrs[i];
		uint64_t end =
			(load->p_paddr + load->p_memsz) >> source->page_shift;

		if (load->p_type == PT_LOAD && end > source->max_pfn)
			source->max_pfn = end;
	}
}
