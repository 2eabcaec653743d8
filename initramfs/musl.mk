# SPDX-License-Identifier: GPL-2.0-or-later
# musl: the C library, and musl-gcc, which is the host's gcc made to use it.

$(O)/sysroot/.musl: $(O)/src/musl/.unpacked initramfs/musl.mk
	$(call logged,musl,cd $(O)/obj/musl; \
		$(abspath $(O))/src/musl/configure CC=$(CC) \
			CFLAGS='-O2 -ffile-prefix-map=$(abspath $(O))=.' \
			--prefix=$(sysroot) --syslibdir=$(sysroot)/lib \
			--disable-shared --enable-wrapper=gcc; \
		$(MAKE) $(jobs) install)
	$(Q)touch $@
