#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""json-value.py FILE KEY.KEY...: the value, or nothing where there is none."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    value = json.load(file)
for key in sys.argv[2].split("."):
    value = value.get(key) if isinstance(value, dict) else None
if value is not None:
    print(value)
