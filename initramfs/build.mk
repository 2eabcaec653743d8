# SPDX-License-Identifier: GPL-2.0-or-later
# The static userland of the image, one recipe per third-party package, and
# the image itself.  $(O)/sysroot is what our programs are compiled against.

sysroot := $(abspath $(O))/sysroot
musl_gcc := $(sysroot)/bin/musl-gcc
target_cflags := -O2 -ffunction-sections -fdata-sections \
		 -fstack-protector-strong -ffile-prefix-map=$(abspath $(O))=.

# $(call logged,NAME,COMMANDS): output to $(O)/log/NAME.log, the end of it here
# when it fails.  $(O)/obj/NAME is the directory to build in.  The recipes say
# $(MAKE), so that make shares its jobs; without -j there are none to share.
jobs = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
define logged
$(call say,BUILD,$(1))
$(Q)rm -rf $(O)/obj/$(1) && mkdir -p $(O)/obj/$(1) $(O)/log $(sysroot)/bin; \
	start=$$(date +%s); \
	( set -e; $(2) ) $(if $(filter 1,$(V)),,>$(O)/log/$(1).log 2>&1); \
	if [ $$? -ne 0 ]; then \
		tail -n 20 $(O)/log/$(1).log >&2; \
		echo "$(1) failed: $(O)/log/$(1).log" >&2; exit 1; \
	fi; printf '  %-7s %s (%ss)\n' BUILT $(1) $$(($$(date +%s) - start))
endef

include initramfs/musl.mk initramfs/headers.mk initramfs/bearssl.mk
include initramfs/aes-gcm.mk
include initramfs/mbedtls.mk initramfs/curl.mk initramfs/zstd.mk
include initramfs/busybox.mk initramfs/kexec-tools.mk
include initramfs/nettle.mk initramfs/lzo.mk initramfs/zlib.mk

# Everything that vmcapture is compiled and linked against.
$(O)/sysroot/.stack: $(addprefix $(O)/sysroot/.,musl headers mbedtls curl zstd \
		      lzo zlib nettle)
	$(Q)touch $@
$(O)/musl/vmcapture: $(O)/sysroot/.stack

# What init needs and a shell cannot do; the tests of init run it here.
guard_objs := $(addprefix initramfs/,guard.o run.o watch.o bound.o) \
	      netstream/log.o netstream/io.o

$(O)/musl/guard: $(addprefix $(O)/musl/,$(guard_objs))
	$(call say,LD,$@)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -s -Wl,--gc-sections -o $@ $^

$(O)/asan/guard: $(addprefix $(O)/asan/,$(guard_objs))
	$(call say,LD,$@)
	$(Q)$(CC) $(asan) -o $@ $^

# The base image.  Its entries are in files.list, in the order of the archive;
# the files are copied first, as gen_init_cpio takes each one's own time.

base_image_max = 1200000
image_files += $(O)/image/base.cpio.xz $(O)/image/sizes.txt \
	       $(O)/image/manifest.txt
image_inputs := $(subst $${O},$(O),$(shell \
	awk '$$1 == "file" { print $$3 }' initramfs/files.list))
# The kernel unpacks it in memory of its own: a dictionary of 1 MiB is enough.
image_xz = xz -T1 --check=crc32 \
	$(if $(shell grep -s '^CONFIG_XZ_DEC_X86=y' configs/linux.config),--x86) \
	--lzma2=preset=9e,dict=1MiB

$(O)/image/base.cpio.xz: initramfs/files.list initramfs/build.mk \
		$(image_inputs) $(O)/obj/gen_init_cpio configs/linux.config
	$(call say,CPIO,$@)
	$(Q)rm -rf $(O)/obj/image && mkdir -p $(@D) $(O)/obj/image
	$(Q)awk -v stage=$(O)/obj/image \
		'$$1 == "file" { $$3 = stage "/" ++n } { print }' $< \
		>$(O)/obj/image/list
	$(Q)n=0; for input in $(image_inputs); do \
		n=$$((n + 1)); cp $$input $(O)/obj/image/$$n || exit; done
	$(Q)touch -d @$(SOURCE_DATE_EPOCH) $(O)/obj/image/*
	$(Q)$(O)/obj/gen_init_cpio -t $(SOURCE_DATE_EPOCH) \
		$(O)/obj/image/list >$(O)/obj/image.cpio
	$(Q)$(image_xz) <$(O)/obj/image.cpio >$@
	$(Q)test $$(stat -c %s $@) -le $(base_image_max) || { \
		echo "$@: more than $(base_image_max) bytes" >&2; rm $@; exit 1; }

$(O)/obj/gen_init_cpio: $(O)/src/linux/.unpacked
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -o $@ $(O)/src/linux/usr/gen_init_cpio.c

$(O)/image/sizes.txt: $(O)/image/vmlinuz $(O)/image/base.cpio.xz
	$(Q)cd $(@D) && stat -c '%n %s bytes' vmlinuz base.cpio.xz >sizes.txt
	$(Q)sed 's/^/  SIZE    /' $@

# Which source files the image was made of, and by which compiler.
$(O)/image/manifest.txt: $(patsubst %,$(O)/src/%.list,$(sources))
	$(Q)mkdir -p $(@D)
	$(Q){ cat $^; $(CC) --version | head -n 1; } >$@
