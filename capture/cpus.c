// SPDX-License-Identifier: GPL-2.0-or-later

#include <elf.h>
#include <string.h>

#include "capture/cpus.h"
#include "capture/note.h"

/*
 * struct elf_prstatus (include/linux/elfcore.h) has the registers at 112;
 * sp is number 19 of struct user_regs_struct on x86_64
 * (arch/x86/include/asm/user_64.h), and 31 of struct user_pt_regs on arm64
 * (arch/arm64/include/uapi/asm/ptrace.h).
 */
#define PRSTATUS_REGS 112
#define SP_X86_64 (PRSTATUS_REGS + 19 * 8)
#define SP_ARM64 (PRSTATUS_REGS + 31 * 8)

static bool is_prstatus(const struct note *note)
{
	return note->type == NT_PRSTATUS && !strcmp(note->name, "CORE");
}

uint32_t cpus_walk(const struct vmcore *core, cpu_stack stack, void *arg)
{
	uint64_t at = core->machine == EM_AARCH64 ? SP_ARM64 : SP_X86_64;
	struct note_walk walk;
	struct note note;
	uint32_t n = 0;
	uint64_t sp;

	note_walk_init(&walk, core);
	while (note_next(core, &walk, &note) > 0) {
		if (!is_prstatus(&note))
			continue;
		n++;
		if (stack && note.desc_len >= at + sizeof(sp) &&
		    !vmcore_try_read(core, note.desc_off + at, &sp, sizeof(sp)))
			stack(arg, sp);
	}
	return n;
}
