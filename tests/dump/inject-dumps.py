#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""inject-dumps.py VMCORE OUT NAME=BYTES...: the ELF vmcore with device dumps,
as fs/proc/vmcore.c puts them: in front of the other notes, each up to the end
of a page.  The data of the N-th one, as it is read back, goes to OUT.N."""
import os
import random
import struct
import sys

PAGE = 4096


def pages(size):
    return -(-size // PAGE) * PAGE


def device_dump(name, size, seed):
    """Header of 64 bytes and data; and the data with what fills the page."""
    data = random.Random(seed).randbytes(size)
    data += bytes(pages(64 + size) - 64 - size)
    return struct.pack("<III8s44s", 8, 44 + len(data), 0x700, b"LINUX",
                       name.encode()) + data, data


def copy(source, target, offset, shift):
    """What is behind the offset, without its holes."""
    end = os.fstat(source).st_size
    while offset < end:
        try:
            offset = os.lseek(source, offset, os.SEEK_DATA)
        except OSError:
            break
        hole = os.lseek(source, offset, os.SEEK_HOLE)
        while offset < hole:
            data = os.pread(source, min(1 << 20, hole - offset), offset)
            os.pwrite(target, data, offset + shift)
            offset += len(data)
    os.ftruncate(target, end + shift)


def main():
    path, out, *wanted = sys.argv[1:]
    source = os.open(path, os.O_RDONLY)
    target = os.open(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    phnum, = struct.unpack("<H", os.pread(source, 2, 56))
    headers = [list(struct.unpack("<IIQQQQQQ", os.pread(source, 56,
                                                        64 + 56 * i)))
               for i in range(phnum)]
    note = next(header for header in headers if header[0] == 4)
    offset, size = note[2], note[5]
    notes = b""
    for i, each in enumerate(wanted):
        name, length = each.split("=")
        dump, data = device_dump(name, int(length), i)
        notes += dump
        with open(f"{out}.{i}", "wb") as file:
            file.write(data)
    shift = len(notes)
    notes += os.pread(source, size, offset)
    note[5] = note[6] = len(notes)
    for header in headers:
        if header is not note:
            header[2] += shift
    os.pwrite(target, os.pread(source, 64, 0) + b"".join(
        struct.pack("<IIQQQQQQ", *header) for header in headers), 0)
    os.pwrite(target, notes, offset)
    copy(source, target, offset + pages(size), shift)


if __name__ == "__main__":
    main()
