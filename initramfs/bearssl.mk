# SPDX-License-Identifier: GPL-2.0-or-later
# BearSSL: its AES-GCM for x86, which becomes a part of mbedTLS's library (see
# netstream/gcm-alt.c).  Its functions say themselves what instructions they
# need, so no option of the compiler does.  Archives know files by their last
# name alone, hence the prefix.

bearssl_files := aead/gcm hash/ghash_pclmul symcipher/aes_x86ni \
		 symcipher/aes_x86ni_ctr
bearssl_objs := $(patsubst %,$(abspath $(O))/obj/bearssl/bearssl-%.o,\
		$(notdir $(bearssl_files)))

$(O)/sysroot/.bearssl: $(O)/src/bearssl/.unpacked $(O)/sysroot/.musl \
		       initramfs/bearssl.mk
	$(call logged,bearssl,for file in $(bearssl_files); do \
		$(musl_gcc) $(target_cflags) $(addprefix \
			-I$(abspath $(O))/src/bearssl/,inc src) \
			-c $(O)/src/bearssl/src/$$file.c \
			-o $(O)/obj/bearssl/bearssl-$${file##*/}.o; \
	done)
	$(Q)touch $@
