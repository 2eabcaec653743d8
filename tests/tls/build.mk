# SPDX-License-Identifier: GPL-2.0-or-later
# The image's cryptography, with the image's libraries, run on this machine.

tls_tests := $(O)/test/test-gcm

$(tls_tests) $(O)/test/bench-gcm: $(O)/test/%-gcm: \
		$(O)/musl/tests/tls/%-gcm.o $(O)/sysroot/.stack
	$(call moment,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -o $@ $< \
		$(O)/sysroot/lib/libmbedcrypto.a

bench-tls: $(O)/test/bench-gcm	## speed of the image's AES-GCM, mbedTLS's own and ChaCha20
	$(Q)$<

upload_needs = $(O)/musl/vmcapture $(O)/host/vmcollectd $(O)/test/mkvmcore

bench-upload: $(upload_needs) | $(O)/.deps-check ## CPU time of an upload, against curl's
	$(Q)O=$(O) tests/tls/bench-upload

.PHONY: bench-tls bench-upload
