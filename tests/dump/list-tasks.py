#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""list-tasks.py DUMP VMLINUX: opens the dump with drgn and prints the stack of
the panic, then every task, so that two dumps can be compared."""
import sys

import drgn
from drgn.helpers.linux.pid import for_each_task

prog = drgn.Program()
prog.set_core_dump(sys.argv[1])
prog.load_debug_info([sys.argv[2]])
print("release", prog["init_uts_ns"].name.release.string_().decode())
try:
    for frame in prog.crashed_thread().stack_trace():
        print("frame", frame.name)
except Exception as error:  # 0.0.22 does not know the ORC of newer kernels
    print("no stack:", error)
for task in for_each_task(prog):
    print("task", task.pid.value_(), task.comm.string_().decode())
