# SPDX-License-Identifier: GPL-2.0-or-later
# zlib without gzip's headers and their CRC.  Only tests link what inflates.

zlib_files := adler32 deflate inffast inflate inftrees trees uncompr zutil
zlib_src := $(abspath $(O))/src/zlib

$(O)/sysroot/.zlib: $(O)/src/zlib/.unpacked $(O)/sysroot/.musl \
		    initramfs/zlib.mk
	$(call logged,zlib,cd $(O)/obj/zlib; \
		$(musl_gcc) $(target_cflags) -DNO_GZIP -DHAVE_HIDDEN \
			-c $(zlib_files:%=$(zlib_src)/%.c); \
		rm -f $(sysroot)/lib/libz.a; \
		ar rcD $(sysroot)/lib/libz.a $(zlib_files:%=%.o); \
		cp $(zlib_src)/zlib.h $(zlib_src)/zconf.h $(sysroot)/include)
	$(Q)touch $@
