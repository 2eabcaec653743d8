#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""damage.py VMCORE VMLINUX WHAT NUMBER: where to damage an ELF vmcore.  Prints
"OFFSET VALUE" of eight bytes of the file, as a signed number; writes nothing.

section N: the entry of mem_section[] of a section of x86_64 (32768 pages)
vmemmap N: the entry of the page tables that maps its struct pages
pages N: its first struct page
task PID: the task_struct of a process"""
import struct
import sys

import drgn
from drgn.helpers.linux.pid import find_task

PAGES = 32768
PRESENT, HUGE = 1, 0x80
ADDRESS = 0x000FFFFFFFFFF000


def loads(path):
    with open(path, "rb") as core:
        core.seek(56)
        phnum, = struct.unpack("<H", core.read(2))
        core.seek(64)
        for _ in range(phnum):
            yield struct.unpack("<IIQQQQQQ", core.read(56))


def offset_of(path, phys):
    """The last PT_LOAD that has it: the kernel's text comes first, and twice,
    but these tables are not in it."""
    for kind, _, offset, _, paddr, filesz, _, _ in reversed(list(loads(path))):
        if kind == 1 and paddr <= phys < paddr + filesz:
            return offset + phys - paddr
    sys.exit(f"no PT_LOAD has {phys:#x}")


def direct_map(prog, address):
    return address - prog["page_offset_base"].value_()


def text(path, address):
    """By the PT_LOAD of the kernel's text."""
    for kind, _, _, vaddr, paddr, filesz, _, _ in loads(path):
        if kind == 1 and vaddr <= address < vaddr + filesz:
            return address - vaddr + paddr
    sys.exit(f"no PT_LOAD has {address:#x}")


def section_entry(prog, _, section):
    per_root = 4096 // prog.type("struct mem_section").size
    entry = prog["mem_section"][section // per_root][section % per_root]
    field = entry.section_mem_map
    if not field.value_() & PRESENT:
        sys.exit("the section is not there")
    return direct_map(prog, field.address_), field.value_()


def vmemmap_entry(prog, path, section):
    address = (prog["vmemmap_base"].value_() +
               section * PAGES * prog.type("struct page").size)
    table = text(path, prog.symbol("init_top_pgt").address)
    levels = 5 if prog["__pgtable_l5_enabled"].value_() else 4
    for level in range(levels, 0, -1):
        shift = 12 + 9 * (level - 1)
        entry = table + (address >> shift & 511) * 8
        value = prog.read_u64(entry, physical=True)
        if not value & PRESENT:
            sys.exit("the section has no struct pages")
        if level == 2 and not value & HUGE:
            sys.exit("the section is not mapped by an entry of its own")
        if level == 2:
            return entry, value
        table = value & ADDRESS
    return None


def section_pages(prog, path, section):
    _, value = vmemmap_entry(prog, path, section)
    phys = value & ADDRESS & ~((1 << 21) - 1)
    return phys, prog.read_u64(phys, physical=True)


def task(prog, _, pid):
    found = find_task(prog, pid)
    return direct_map(prog, found.value_()), prog.read_u64(found.value_())


def main():
    path, vmlinux, what, number = sys.argv[1:]
    prog = drgn.Program()
    prog.set_core_dump(path)
    prog.load_debug_info([vmlinux])
    find = {"section": section_entry, "vmemmap": vmemmap_entry,
            "pages": section_pages, "task": task}[what]
    phys, value = find(prog, path, int(number))
    offset = offset_of(path, phys)
    with open(path, "rb") as core:
        core.seek(offset)
        if struct.unpack("<Q", core.read(8))[0] != value:
            sys.exit(f"{phys:#x} is not at {offset:#x}")
    print(offset, struct.unpack("<q", struct.pack("<Q", value))[0])


if __name__ == "__main__":
    main()
