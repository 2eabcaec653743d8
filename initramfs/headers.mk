# SPDX-License-Identifier: GPL-2.0-or-later
# The headers of the kernel that the image runs on.  "make headers" and a copy
# do what "make headers_install" does, without rsync.

$(O)/sysroot/.headers: $(O)/src/linux/.unpacked $(O)/sysroot/.musl \
		       initramfs/headers.mk
	$(call logged,headers,$(MAKE) $(jobs) -C $(O)/src/linux ARCH=x86_64 \
			O=$(abspath $(O))/obj/headers headers; \
		cd $(O)/obj/headers/usr/include; \
		find . -name '*.h' | cpio -pdm --quiet $(sysroot)/include)
	$(Q)touch $@
