// SPDX-License-Identifier: GPL-2.0-or-later

#include "utsname.h"

int utsname_read(struct vmcore *core, const struct vmcoreinfo *info,
		 struct vmcore_utsname *ret)
{
	char name[6][UTSNAME_LEN];
	uint64_t addr, off;
	int err;

	*ret = (struct vmcore_utsname){ .sysname = "" };
	err = vmcoreinfo_symbol(info, "init_uts_ns", &addr);
	if (err < 0)
		return err;
	err = vmcoreinfo_offset(info, "uts_namespace.name", &off);
	if (err < 0)
		return err;
	err = vmcore_read_virt(core, addr + off, name, sizeof(name));
	if (err < 0)
		return err;
	vmcore_text(ret->sysname, name[0], UTSNAME_LEN - 1);
	vmcore_text(ret->nodename, name[1], UTSNAME_LEN - 1);
	vmcore_text(ret->release, name[2], UTSNAME_LEN - 1);
	vmcore_text(ret->version, name[3], UTSNAME_LEN - 1);
	vmcore_text(ret->machine, name[4], UTSNAME_LEN - 1);
	vmcore_text(ret->domainname, name[5], UTSNAME_LEN - 1);
	return 0;
}
