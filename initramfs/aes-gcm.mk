# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's AES-GCM for CPUs with VAES and AVX-512, which becomes a part of
# mbedTLS's library (see netstream/gcm-vaes.c).  The file may be used under
# the BSD licence of two clauses too.  Nothing in it is the kernel's but the
# macros that begin and end a function.

aes_gcm_flags := -Wa,--noexecstack -Iinitramfs/aes-gcm

$(O)/sysroot/.aes-gcm: $(O)/src/linux/.unpacked $(O)/sysroot/.musl \
		       initramfs/aes-gcm/linux/linkage.h initramfs/aes-gcm.mk
	$(call logged,aes-gcm,$(musl_gcc) $(aes_gcm_flags) -c \
		$(O)/src/linux/arch/x86/crypto/aes-gcm-avx10-x86_64.S \
		-o $(O)/obj/aes-gcm/aes-gcm-avx10-x86_64.o)
	$(Q)touch $@
