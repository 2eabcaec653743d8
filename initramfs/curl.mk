# SPDX-License-Identifier: GPL-2.0-or-later
# libcurl: HTTP and HTTPS with mbedTLS, client certificates, and SigV4 for S3.

curl_configure := --host=x86_64-linux-musl --prefix=$(sysroot) \
	--disable-shared --enable-static --disable-dependency-tracking \
	--with-mbedtls=$(sysroot) --without-ca-bundle --without-ca-path \
	--without-ca-fallback --disable-ca-search --enable-ipv6 --enable-aws \
	$(addprefix --without-,brotli libidn2 libpsl librtmp libssh2 nghttp2 \
		zlib zstd) \
	$(addprefix --disable-,dict file ftp gopher imap ipfs ldap ldaps mqtt \
		pop3 rtsp smb smtp telnet tftp websockets) \
	$(addprefix --disable-,digest-auth kerberos-auth negotiate-auth ntlm \
		tls-srp) \
	$(addprefix --disable-,alt-svc ares bindlocal cookies dateparse \
		dnsshuffle docs doh form-api get-easy-options hsts \
		libcurl-option manual mime netrc progress-meter sha512-256 \
		threaded-resolver unix-sockets)

# A patch that changes needs a fresh tree.
curl_patches := $(sort $(wildcard initramfs/patches/curl/*.patch))
$(O)/src/curl/.unpacked: $(curl_patches)
$(O)/src/curl/.patched: $(O)/src/curl/.unpacked
	$(Q)for patch in $(curl_patches); do \
		patch -d $(@D) -p1 -s -N -F0 <$$patch || exit; done
	$(Q)touch $@

$(O)/sysroot/.curl: $(O)/src/curl/.patched $(O)/sysroot/.mbedtls \
		    $(O)/sysroot/.headers initramfs/curl.mk
	$(call logged,curl,cd $(O)/obj/curl; \
		$(abspath $(O))/src/curl/configure CC=$(musl_gcc) \
			CFLAGS='$(target_cflags)' LDFLAGS=-static \
			$(curl_configure); \
		$(MAKE) $(jobs) -C lib libcurl.la; \
		$(MAKE) $(jobs) -C include install; \
		cp lib/.libs/libcurl.a $(sysroot)/lib)
	$(Q)touch $@
