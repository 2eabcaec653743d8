#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""show-log.py DUMP VMLINUX: opens the dump with drgn and prints the log of the
kernel that crashed."""
import sys

import drgn
from drgn.helpers.linux.printk import get_dmesg

prog = drgn.Program()
prog.set_core_dump(sys.argv[1])
prog.load_debug_info([sys.argv[2]])
sys.stdout.buffer.write(get_dmesg(prog))
