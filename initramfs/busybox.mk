# SPDX-License-Identifier: GPL-2.0-or-later
# BusyBox, static, with what configs/busybox.config asks for and nothing else.
# Its allnoconfig leaves some symbols on, and oldconfig takes a symbol's first
# line: so all is turned off, and what is asked for is put in place of it.

busybox_make = $(MAKE) $(jobs) -C $(O)/src/busybox \
	       O=$(abspath $(O))/obj/busybox CC=$(musl_gcc) HOSTCC=$(CC)

$(O)/sysroot/bin/busybox: $(O)/src/busybox/.unpacked $(O)/sysroot/.headers \
		configs/busybox.config kernel/check-config initramfs/busybox.mk
	$(call logged,busybox,$(busybox_make) allyesconfig; \
		cd $(O)/obj/busybox; asked=$(abspath configs/busybox.config); \
		sed -nE 's/^(# )?(CONFIG_[A-Z0-9_]*)[= ].*/\2/p' $$asked | \
			sort >asked; \
		sed -E 's/^(CONFIG_[A-Za-z0-9_]*)=y/# \1 is not set/' .config | \
			awk 'NR == FNR { asked[$$1]; next } \
			     { split($$0, w, /[ =]/) } \
			     !(w[1] in asked || w[2] in asked)' asked - >rest; \
		cat rest $$asked >.config; cd $(CURDIR); \
		yes '' | $(busybox_make) oldconfig; \
		kernel/check-config $(O)/obj/busybox/.config \
			configs/busybox.config; \
		$(busybox_make) busybox; \
		mkdir -p $(sysroot)/bin; \
		cp $(O)/obj/busybox/busybox $@)
