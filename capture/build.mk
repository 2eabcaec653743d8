# SPDX-License-Identifier: GPL-2.0-or-later
# vmcapture: static for the image, dynamic and sanitised for this machine.

vmcapture_objs := $(patsubst %.c,%.o,$(wildcard capture/*.c))
host_programs += $(O)/host/vmcapture

# What the image's program is linked with, in this order.
vmcapture_libs = $(addprefix $(O)/sysroot/lib/,libcurl.a libmbedtls.a \
		 libmbedx509.a libmbedcrypto.a libnettle.a libzstd.a liblzo2.a \
		 libz.a)

$(O)/musl/vmcapture: $(addprefix $(O)/musl/,$(vmcapture_objs) $(netstream_image))
	$(call say,LD,$@)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -Wl,--gc-sections -o $@.debug \
		$(filter %.o,$^) $(vmcapture_libs)
	$(Q)strip -o $@ $@.debug

$(O)/host/vmcapture: $(addprefix $(O)/host/,$(vmcapture_objs) $(netstream_host))
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ -lcurl -lgnutls -lzstd -llzo2 -lz -pthread

$(O)/asan/vmcapture: $(addprefix $(O)/asan/,$(vmcapture_objs) $(netstream_host))
	$(call say,LD,$@)
	$(Q)$(CC) $(asan) -o $@ $^ -lcurl -lgnutls -lzstd -llzo2 -lz -pthread
