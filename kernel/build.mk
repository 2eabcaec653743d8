# SPDX-License-Identifier: GPL-2.0-or-later
# The capture kernel: vanilla Linux, configured by configs/linux*.config,
# built out of its tree in $(O)/linux.

ARCH ?= x86_64
linux_src = $(abspath $(O))/src/linux
linux_out = $(abspath $(O))/linux
linux_config := configs/linux.config configs/linux-$(ARCH).config
linux_max = 2300000
image_files += $(O)/image/vmlinuz

# Two builds of the same tree are the same: no time, user, host or counter.
# LOCALVERSION= keeps the state of a surrounding git tree out of the version.
linux_make = $(MAKE) --no-print-directory -C $(linux_src) O=$(linux_out) \
	     ARCH=$(ARCH) LOCALVERSION= KBUILD_BUILD_VERSION=1 \
	     KBUILD_BUILD_USER=barecap KBUILD_BUILD_HOST=barecap \
	     KBUILD_BUILD_TIMESTAMP="$$(date -u -d @$(SOURCE_DATE_EPOCH))"

# tinyconfig or olddefconfig would give every symbol that becomes visible its
# default (705 instead of 400 symbols): allnoconfig takes the list as it is.
$(O)/linux/.config: $(linux_config) kernel/check-config \
		    $(O)/src/linux/.unpacked
	$(call say,CONFIG,$@)
	$(Q)rm -rf $(@D) && mkdir -p $(@D) $(O)/log
	$(Q)cd $(linux_src) && scripts/kconfig/merge_config.sh -m -O $(linux_out) \
		kernel/configs/tiny.config arch/x86/configs/tiny.config \
		$(abspath $(linux_config)) >$(abspath $(O))/log/linux-config.log
	$(Q)mv $@ $(@D)/all.config
	$(Q)$(linux_make) KCONFIG_ALLCONFIG=$(linux_out)/all.config allnoconfig \
		>>$(O)/log/linux-config.log
	$(Q)kernel/check-config $@ $(linux_config) || { rm $@; exit 1; }

$(O)/image/vmlinuz: $(O)/linux/.config
	$(call say,KERNEL,$(O)/log/linux.log)
	+$(Q)V=$(V) exec kernel/with-progress KERNEL $(O)/log/linux.log $(linux_make) \
		$(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc)) \
		bzImage
	$(Q)mkdir -p $(@D)
	$(Q)cp $(@D)/../linux/arch/x86/boot/bzImage $@
	$(Q)size=$$(stat -c %s $@); printf '  %-7s %s\n' SIZE "$@ $$size"; \
		test $$size -le $(linux_max) || \
		{ echo "$@ is larger than $(linux_max)" >&2; rm $@; exit 1; }
