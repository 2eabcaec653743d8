// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkvmcore DESCRIPTION VMCORE: make a vmcore from a text, for tests.
 *
 * One directive per line, "#" starts a comment line, indentation is free.
 * Numbers are decimal, 0x hex, or a label, label+N.
 *
 *	note NAME TYPE		a note; what follows is its descriptor
 *	dump NAME		a device dump, padded to pages as the kernel does
 *	load VADDR PADDR	a PT_LOAD; what follows is its memory
 *	notes			another PT_NOTE
 *
 * Bytes of the current note or load:
 *	text STRING, line STRING	with \n \t \\ \xNN, and \{label} for
 *				the label's address in hex; line adds a newline
 *	u32 N..., u64 N...
 *	zero N			N zeros
 *	hole N			the same without space on the disk, at most 8 in
 *				a segment, N in whole pages; not counted by labels
 *	fill N SEED		N bytes that do not compress
 *	align N			zeros up to a multiple of N
 *	label NAME		the address here
 *
 * The crashed kernel:
 *	uts NODENAME RELEASE MACHINE	init_uts_ns
 *	log ring COUNT_BITS SIZE_BITS	printk ring buffer, 5.10 and newer
 *	log records SIZE		log_buf of 3.5 to 5.9
 *	record SECONDS TEXT		adds to the log as printk() would
 *	info uts|ring|records	what vmcoreinfo says about these
 *
 * Damage, to the newest record of a ring, the ring, the file:
 *	state N			0 reserved, 1 committed, 2 finalized, 3 free
 *	lpos BEGIN NEXT		where its text is
 *	ids TAIL HEAD		what the ring says
 *	ehdr FIELD N		class data type machine phoff phentsize phnum
 *				xnum (number goes to section header 0)
 *	phdr FIELD N		type offset filesz memsz
 *	nhdr FIELD N		namesz descsz
 *	cut N			the file has N bytes; -N: N less
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../netstream/io.h"
#include "mkcore.h"

#define DESCRIPTION_MAX (1U << 20)

int main(int argc, char **argv)
{
	char *text;
	int fd;

	if (argc != 3)
		mkcore_die(NULL, "usage: mkvmcore DESCRIPTION VMCORE");
	if (read_file(argv[1], DESCRIPTION_MAX, &text, NULL) < 0)
		mkcore_die(NULL, "%s: cannot be read", argv[1]);
	fd = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		mkcore_die(NULL, "%s: cannot be written", argv[2]);
	mkcore(text, fd);
	free(text);
	if (close(fd) < 0)
		mkcore_die(NULL, "%s: cannot be written", argv[2]);
	return 0;
}
