# SPDX-License-Identifier: GPL-2.0-or-later
# kexec, static: it loads the capture kernel.  --build differs from --host on
# purpose, else a helper that runs while building is linked for the target.

$(O)/sysroot/sbin/kexec: $(O)/src/kexec-tools/.unpacked \
			 $(O)/sysroot/.headers initramfs/kexec-tools.mk
	$(call logged,kexec-tools,cp -r $(O)/src/kexec-tools $(O)/obj; \
		cd $(O)/obj/kexec-tools; \
		./configure --build=x86_64-linux-gnu --host=x86_64-linux-musl \
			CC=$(musl_gcc) CFLAGS='$(target_cflags)' \
			LDFLAGS=-static AR=ar LD=ld OBJCOPY=objcopy \
			STRIP=strip --without-lzma --without-zlib \
			--without-xen; \
		$(MAKE) $(jobs) build/sbin/kexec; \
		mkdir -p $(sysroot)/sbin; \
		strip -o $(sysroot)/sbin/kexec build/sbin/kexec)
