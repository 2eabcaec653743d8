# SPDX-License-Identifier: GPL-2.0-or-later
# The capture kernel: Linux with kernel/patches, configured by
# configs/linux*.config, built out of its tree in $(O)/linux.

linux_src = $(abspath $(O))/src/linux
linux_out = $(abspath $(O))/linux
linux_config := configs/linux.config configs/linux-x86_64.config
linux_max = 2300000
image_files += $(O)/image/vmlinuz $(O)/image/modules/.copied

# A patch that changes needs a fresh tree.
linux_patches := $(sort $(wildcard kernel/patches/*.patch))
$(O)/src/linux/.unpacked: $(linux_patches)
$(O)/src/linux/.patched: $(O)/src/linux/.unpacked
	$(Q)for patch in $(linux_patches); do \
		patch -d $(@D) -p1 -s -N -F0 <$$patch || exit; done
	$(Q)touch $@

# Two builds of the same tree are the same: no time, user, host or counter.
# LOCALVERSION= keeps the state of a surrounding git tree out of the version.
# At -Os gcc clears and copies with "rep stosb", slow to start on a machine
# and byte by byte in an emulator; the kernel's own memset() knows better.
linux_make = $(MAKE) --no-print-directory -C $(linux_src) O=$(linux_out) \
	     ARCH=x86_64 KCFLAGS=-mstringop-strategy=libcall \
	     LOCALVERSION= KBUILD_BUILD_VERSION=1 \
	     KBUILD_BUILD_USER=barecap KBUILD_BUILD_HOST=barecap \
	     KBUILD_BUILD_TIMESTAMP="$$(date -u -d @$(SOURCE_DATE_EPOCH))"

# tinyconfig and olddefconfig give every symbol that becomes visible its
# default (705 instead of 500 symbols): allnoconfig takes the list as it is.
# Unpacked files are older than the objects of the version before.
$(O)/linux/.config: $(linux_config) kernel/build.mk kernel/check-config \
		    $(O)/src/linux/.patched
	$(call say,CONFIG,$@)
	$(Q)$(if $(filter %.patched,$?),rm -rf $(@D) &&) \
		mkdir -p $(@D) $(O)/log
	$(Q)cd $(linux_src) && scripts/kconfig/merge_config.sh -m -O $(linux_out) \
		kernel/configs/tiny.config arch/x86/configs/tiny.config \
		$(abspath $(linux_config)) >$(abspath $(O))/log/linux-config.log
	$(Q)mv $@ $(@D)/all.config
	+$(Q)$(linux_make) KCONFIG_ALLCONFIG=$(linux_out)/all.config allnoconfig \
		>>$(O)/log/linux-config.log
	$(Q)kernel/check-config $@ $(linux_config) || { rm $@; exit 1; }

$(O)/image/vmlinuz: $(O)/linux/.config
	+$(Q)V=$(V) exec kernel/with-progress KERNEL $(O)/log/linux.log \
		$(linux_make) $(jobs) bzImage modules
	$(Q)mkdir -p $(@D)
	$(Q)cp $(O)/linux/arch/x86/boot/bzImage $@
	$(Q)test $$(stat -c %s $@) -le $(linux_max) || { \
		echo "$@: more than $(linux_max) bytes" >&2; rm $@; exit 1; }

# The modules, all in one directory, as they go into a site overlay.
$(O)/image/modules/.copied: $(O)/image/vmlinuz
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)sed 's/\.o$$/.ko/' $(O)/linux/modules.order | \
		(cd $(O)/linux && xargs cp -t $(abspath $(@D)))
	$(Q)touch $@
