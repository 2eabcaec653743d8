#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/unit/test-page-codec.c with the image's own zstd, LZO and zlib: every
# level is there, and its pages come back.
exec "${O:-build}/test/page-codec-image"
