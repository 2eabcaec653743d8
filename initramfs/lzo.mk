# SPDX-License-Identifier: GPL-2.0-or-later
# liblzo2, and of it the one compressor that vmcapture uses, and what tests
# decompress with.

lzo_files := lzo1x_1k lzo1x_d2 lzo_init lzo_ptr
lzo_src := $(abspath $(O))/src/lzo

$(O)/sysroot/.lzo: $(O)/src/lzo/.unpacked $(O)/sysroot/.musl initramfs/lzo.mk
	$(call logged,lzo,cd $(O)/obj/lzo; \
		$(musl_gcc) $(target_cflags) -I$(lzo_src)/include \
			-c $(lzo_files:%=$(lzo_src)/src/%.c); \
		rm -f $(sysroot)/lib/liblzo2.a; \
		ar rcD $(sysroot)/lib/liblzo2.a $(lzo_files:%=%.o); \
		mkdir -p $(sysroot)/include/lzo; \
		cp $(addprefix $(lzo_src)/include/lzo/,lzo1x.h lzoconf.h \
			lzodefs.h) $(sysroot)/include/lzo)
	$(Q)touch $@
