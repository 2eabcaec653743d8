#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""count-pages.py VMCORE VMLINUX: what each page of the ELF vmcore is, counted
with drgn by what the kernel's debug info says of struct page, and by nothing
of VMCOREINFO.  Prints "CLASS NUMBER" lines, as manifest.json calls them.

The classes are those of makedumpfile -d, in its order: a free block, a page
of the page cache, an anonymous or a hugetlb page, a poisoned page, a page that
is offline.  The kernel's words for them are in include/linux/page-flags.h.
"""
import struct
import sys

import drgn

PAGE_SHIFT = 12
CHUNK = 1 << 15  # pages whose struct pages are read at once
PAGE_MAPPING_ANON = 1
# Until 6.11 the page types were macros: a type is the bit that is cleared.
OLD_TYPE_BASE = 0xF0000000
OLD_TYPES = {"buddy": 0x80, "offline": 0x100}


def frames(path):
    """The page frames of the PT_LOADs, each once, in ascending order."""
    found = set()
    with open(path, "rb") as core:
        ehdr = core.read(64)
        phoff, = struct.unpack_from("<Q", ehdr, 32)
        phnum, = struct.unpack_from("<H", ehdr, 56)
        core.seek(phoff)
        for _ in range(phnum):
            kind, _, _, _, paddr, filesz, _, _ = struct.unpack(
                "<IIQQQQQQ", core.read(56))
            if kind == 1:
                first = (paddr + (1 << PAGE_SHIFT) - 1) >> PAGE_SHIFT
                found.update(range(first, (paddr + filesz) >> PAGE_SHIFT))
    return sorted(found)


class Kernel:
    """Offsets and constants of this kernel, from its debug info."""

    def __init__(self, prog):
        self.prog = prog
        page = prog.type("struct page")
        self.size = page.size
        self.vmemmap = prog["vmemmap_base"].value_()
        for name in ("flags", "mapping", "private", "compound_head"):
            setattr(self, name, self.offset("struct page", name))
        self.type = self.offset("struct page", "page_type")
        for name in ("lru", "swapbacked", "swapcache", "private", "head"):
            setattr(self, "PG_" + name, 1 << prog["PG_" + name].value_())
        self.PG_hwpoison = 0
        if self.has("PG_hwpoison"):
            self.PG_hwpoison = 1 << prog["PG_hwpoison"].value_()
        self.new_types = self.has("PGTY_buddy")
        if self.new_types:
            self.order_at = self.offset("struct folio", "_flags_1")
        else:
            self.order_at = self.size + self.offset(
                "struct page", "compound_order")
            self.dtor_at = self.size + self.offset(
                "struct page", "compound_dtor")
            self.huge_dtor = prog["HUGETLB_PAGE_DTOR"].value_()
            self.PG_slab = 1 << prog["PG_slab"].value_()

    def has(self, name):
        try:
            self.prog[name]
        except KeyError:
            return False
        return True

    def offset(self, kind, member):
        return drgn.offsetof(self.prog.type(kind), member)

    def is_type(self, page_type, name):
        if self.new_types:
            value = self.prog["PGTY_" + name].value_()
            return page_type >> 24 == value
        bit = OLD_TYPES[name]
        return page_type & (OLD_TYPE_BASE | bit) == OLD_TYPE_BASE

    def is_slab(self, flags, page_type):
        if self.new_types:
            return self.is_type(page_type, "slab")
        return bool(flags & self.PG_slab)

    def is_huge(self, pages, at, page_type):
        if self.new_types:
            return self.is_type(page_type, "hugetlb")
        return pages[at + self.dtor_at] == self.huge_dtor

    def classify(self, pages, at):
        """(class, order) of the block that begins with this struct page."""
        flags, = struct.unpack_from("<Q", pages, at + self.flags)
        mapping, = struct.unpack_from("<Q", pages, at + self.mapping)
        page_type, = struct.unpack_from("<I", pages, at + self.type)
        if self.is_type(page_type, "buddy"):
            order, = struct.unpack_from("<Q", pages, at + self.private)
            return "free", order
        order, huge = 0, False
        if flags & self.PG_head:
            order = pages[at + self.order_at]
            huge = self.is_huge(pages, at, page_type)
        slab = self.is_slab(flags, page_type)
        anon = mapping & PAGE_MAPPING_ANON and not slab
        cache = flags & self.PG_lru or (
            flags & self.PG_swapbacked and flags & self.PG_swapcache)
        if cache and not anon:
            private = flags & self.PG_private
            return "cache_private" if private else "cache", order
        if anon or huge:
            return "user", order
        if flags & self.PG_hwpoison:
            return "hwpoison", order
        if self.is_type(page_type, "offline"):
            return "offline", order
        return "kept", order


def count(kernel, pfns):
    counts = dict.fromkeys(("kept", "free", "cache", "cache_private", "user",
                            "hwpoison", "offline"), 0)
    exists = set(pfns)
    chunks = sorted({pfn // CHUNK for pfn in pfns})
    for chunk in chunks:
        first = chunk * CHUNK
        pages = kernel.prog.read(kernel.vmemmap + first * kernel.size,
                                 CHUNK * kernel.size)
        pfn = first
        while pfn < first + CHUNK:
            name, order = kernel.classify(pages, (pfn - first) * kernel.size)
            block = range(pfn, pfn + (1 << order))
            counts[name] += sum(1 for each in block if each in exists)
            pfn = block.stop
        if pfn != first + CHUNK:
            sys.exit(f"a block crosses page {first + CHUNK:#x}")
    return counts


def main():
    prog = drgn.Program()
    prog.set_core_dump(sys.argv[1])
    prog.load_debug_info([sys.argv[2]])
    pfns = frames(sys.argv[1])
    for name, number in count(Kernel(prog), pfns).items():
        print(name, number)
    print("frames", len(pfns))


if __name__ == "__main__":
    main()
