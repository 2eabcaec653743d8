# SPDX-License-Identifier: GPL-2.0-or-later
# The static userland of the image, one recipe per third-party package, and
# the image itself.  $(O)/sysroot is what our programs are compiled against.

sysroot := $(abspath $(O))/sysroot
musl_gcc := $(sysroot)/bin/musl-gcc
target_cflags := -O2 -ffunction-sections -fdata-sections \
		 -fstack-protector-strong -ffile-prefix-map=$(abspath $(O))=.

# $(call logged,NAME,COMMANDS): output to $(O)/log/NAME.log, one line here.
# The recipes have one $(MAKE) in sight, so that make shares its jobs with it.
define logged
$(Q)mkdir -p $(O)/log $(O)/obj/$(1) $(sysroot)/bin; start=$$(date +%s); \
	( set -e; $(2) ) $(if $(filter 1,$(V)),,>$(O)/log/$(1).log 2>&1); \
	if [ $$? -ne 0 ]; then \
		tail -n 20 $(O)/log/$(1).log >&2; \
		echo "$(1) failed: $(O)/log/$(1).log" >&2; exit 1; \
	fi; printf '  %-7s %s (%ss)\n' BUILT $(1) $$(($$(date +%s) - start))
endef

include initramfs/musl.mk initramfs/headers.mk initramfs/mbedtls.mk
include initramfs/curl.mk initramfs/zstd.mk
include initramfs/busybox.mk initramfs/kexec-tools.mk

# Everything that vmcapture is compiled and linked against.
$(O)/sysroot/.stack: $(addprefix $(O)/sysroot/.,musl headers mbedtls curl zstd)
	$(Q)touch $@
