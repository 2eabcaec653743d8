# SPDX-License-Identifier: GPL-2.0-or-later
# mbedTLS: a TLS client, nothing else; see configs/mbedtls.h.
#
# AES with intrinsics is a quarter faster than with mbedTLS's assembler, but it
# wants -maes -mpclmul, which allow the compiler these instructions everywhere.
# So only aesni.c gets them (it is called after a look at CPUID); aes.c is
# told, so that it aligns the round keys as the intrinsics need them.
#
# What of the library is ours goes into it: its source of entropy, and AES-GCM.

mbedtls_ours := entropy-mbedtls gcm-alt gcm-vaes gcm-bear gcm-stock
mbedtls_cflags := $(target_cflags) \
	-DMBEDTLS_CONFIG_FILE='\"$(abspath configs/mbedtls.h)\"'

$(O)/sysroot/.mbedtls: $(O)/src/mbedtls/.unpacked $(O)/sysroot/.musl \
		       $(O)/sysroot/.bearssl $(O)/sysroot/.aes-gcm \
		       configs/mbedtls.h \
		       $(mbedtls_ours:%=netstream/%.c) \
		       $(addprefix netstream/gcm-,alt.h fast.h stock.h) \
		       initramfs/mbedtls.mk
	$(call logged,mbedtls,cp -r $(addprefix $(O)/src/mbedtls/,3rdparty \
			framework include library scripts) $(O)/obj/mbedtls; \
		cp netstream/gcm-alt.h \
			$(O)/obj/mbedtls/include/mbedtls/gcm_alt.h; \
		find $(O)/obj/mbedtls -exec touch -d @$(SOURCE_DATE_EPOCH) {} +; \
		build() { $(MAKE) $(jobs) -C $(O)/obj/mbedtls/library \
			CC=$(musl_gcc) CFLAGS="$(mbedtls_cflags) $$1" $$2; }; \
		build '-maes -mpclmul' aesni.o; \
		build '-D__AES__ -D__PCLMUL__' aes.o; \
		build '' 'libmbedcrypto.a libmbedx509.a libmbedtls.a'; \
		cp $(O)/obj/mbedtls/library/*.a $(sysroot)/lib; \
		cp -r $(O)/obj/mbedtls/include/mbedtls \
			$(O)/obj/mbedtls/include/psa $(sysroot)/include; \
		cp configs/mbedtls.h $(sysroot)/include/mbedtls/mbedtls_config.h; \
		for file in $(mbedtls_ours); do \
			$(musl_gcc) $(target_cflags) -I$(O)/src/bearssl/inc \
				-I$(O)/obj/mbedtls/library -c netstream/$$file.c \
				-o $(O)/obj/mbedtls/$$file.o; \
		done; \
		ar rD $(sysroot)/lib/libmbedcrypto.a $(bearssl_objs) \
			$(O)/obj/aes-gcm/aes-gcm-avx10-x86_64.o \
			$(mbedtls_ours:%=$(O)/obj/mbedtls/%.o))
	$(Q)touch $@
