# SPDX-License-Identifier: GPL-2.0-or-later
# libzstd, the compressing half, and of it level 1, which is all that vmcapture
# uses: the others would be 290 kB of it.

zstd_cflags := $(patsubst %,-DZSTD_EXCLUDE_%_BLOCK_COMPRESSOR,DFAST GREEDY \
	       LAZY LAZY2 BTLAZY2 BTOPT BTULTRA)
zstd_settings := ZSTD_LIB_DECOMPRESSION=0 ZSTD_LIB_DICTBUILDER=0 \
		 ZSTD_LIB_DEPRECATED=0 ZSTD_LEGACY_SUPPORT=0

$(O)/sysroot/.zstd: $(O)/src/zstd/.unpacked $(O)/sysroot/.musl \
		    initramfs/zstd.mk
	$(call logged,zstd,cp -r $(O)/src/zstd/lib $(O)/obj/zstd; \
		$(MAKE) $(jobs) -C $(O)/obj/zstd/lib libzstd.a CC=$(musl_gcc) \
			CFLAGS='$(target_cflags) $(zstd_cflags)' $(zstd_settings); \
		cp $(O)/obj/zstd/lib/libzstd.a $(sysroot)/lib; \
		cp $(O)/obj/zstd/lib/zstd.h $(O)/obj/zstd/lib/zstd_errors.h \
			$(sysroot)/include)
	$(Q)touch $@
