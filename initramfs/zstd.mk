# SPDX-License-Identifier: GPL-2.0-or-later
# libzstd, the compressing half.

zstd_settings := ZSTD_LIB_DECOMPRESSION=0 ZSTD_LIB_DICTBUILDER=0 \
		 ZSTD_LIB_DEPRECATED=0 ZSTD_LEGACY_SUPPORT=0

$(O)/sysroot/.zstd: $(O)/src/zstd/.unpacked $(O)/sysroot/.musl \
		    initramfs/zstd.mk
	$(call logged,zstd,cp -r $(O)/src/zstd/lib $(O)/obj/zstd; \
		$(MAKE) $(jobs) -C $(O)/obj/zstd/lib libzstd.a CC=$(musl_gcc) \
			CFLAGS='$(target_cflags)' $(zstd_settings); \
		cp $(O)/obj/zstd/lib/libzstd.a $(sysroot)/lib; \
		cp $(O)/obj/zstd/lib/zstd.h $(O)/obj/zstd/lib/zstd_errors.h \
			$(sysroot)/include)
	$(Q)touch $@
