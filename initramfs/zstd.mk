# SPDX-License-Identifier: GPL-2.0-or-later
# libzstd, all levels.  Only tests link its decompressing half.
#
# libzstd chooses a compressor from tables of all, of which nobody calls those
# for dictionaries, the row match finder's and, but for level 1, those for
# windows of two parts: 225 kB.  Without their sections their names must be
# weak.  .eh_frame, which speaks of all sections, is for C++ and debuggers.

zstd_settings := ZSTD_LIB_DICTBUILDER=0 ZSTD_LIB_DEPRECATED=0 \
		 ZSTD_LEGACY_SUPPORT=0
zstd_unused := $(addprefix ZSTD_compressBlock_,*_dictMatchState* \
	       *_dedicatedDictSearch* *_row [bdgl]*_extDict)
zstd_objcopy = $(foreach n,$(zstd_unused),-W '$(n)' -R '.text.$(n)') \
	       -R .eh_frame -R .rela.eh_frame

$(O)/sysroot/.zstd: $(O)/src/zstd/.unpacked $(O)/sysroot/.musl \
		    initramfs/zstd.mk
	$(call logged,zstd,cp -r $(O)/src/zstd/lib $(O)/obj/zstd; \
		$(MAKE) $(jobs) -C $(O)/obj/zstd/lib libzstd.a CC=$(musl_gcc) \
			CFLAGS='$(target_cflags)' $(zstd_settings); \
		objcopy -D -w $(zstd_objcopy) $(O)/obj/zstd/lib/libzstd.a \
			$(sysroot)/lib/libzstd.a; \
		cp $(O)/obj/zstd/lib/zstd.h $(O)/obj/zstd/lib/zstd_errors.h \
			$(sysroot)/include)
	$(Q)touch $@
