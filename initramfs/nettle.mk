# SPDX-License-Identifier: GPL-2.0-or-later
# Nettle: SHA-256, by the CPU's instructions for it where it has them.
#
# fat-x86_64.o looks at CPUID and chooses the code of all ciphers and digests
# that there is a choice for.  The others' names become weak: they can stay
# undefined, and 20 kB that nobody calls stay out.

nettle_configure := --host=x86_64-linux-musl --prefix=$(sysroot) \
	$(addprefix --disable-,documentation openssl pic public-key shared) \
	--enable-fat
nettle_objs := $(addsuffix .o,sha256 sha256-compress-n sha256-compress-n-2 \
	       write-be32 cpuid fat-x86_64)
nettle_others := $(patsubst %,-W '_nettle_%_*',aes* cbc_aes* ghash memxor sha1)

$(O)/sysroot/.nettle: $(O)/src/nettle/.unpacked $(O)/sysroot/.musl \
		      initramfs/nettle.mk
	$(call logged,nettle,cd $(O)/obj/nettle; \
		$(abspath $(O))/src/nettle/configure CC=$(musl_gcc) \
			CFLAGS='$(target_cflags)' $(nettle_configure); \
		$(MAKE) $(jobs) $(nettle_objs); \
		objcopy -w $(nettle_others) fat-x86_64.o; \
		rm -f $(sysroot)/lib/libnettle.a; \
		ar rcD $(sysroot)/lib/libnettle.a $(nettle_objs); \
		mkdir -p $(sysroot)/include/nettle; \
		cp $(addprefix $(abspath $(O))/src/nettle/,nettle-types.h \
			sha2.h) $(sysroot)/include/nettle)
	$(Q)touch $@
