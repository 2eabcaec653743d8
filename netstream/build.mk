# SPDX-License-Identifier: GPL-2.0-or-later
# The stream: targets and what they need.  digest-*.c is chosen per program:
# the image uses Nettle, the host programs GnuTLS.

netstream_base := netstream/log.o netstream/io.o netstream/flat.o \
		  netstream/name.o netstream/base64.o netstream/conf.o
netstream_client := $(netstream_base) netstream/target.o \
		    netstream/target-file.o netstream/target-https.o \
		    netstream/target-https-request.o \
		    netstream/tus.o netstream/http.o \
		    netstream/http-field.o netstream/retry.o \
		    netstream/body.o netstream/dir.o netstream/child.o \
		    netstream/target-nfs.o netstream/nfs.o \
		    netstream/nfs-mount.o \
		    netstream/target-s3.o netstream/s3.o \
		    netstream/s3-link.o netstream/s3-parts.o netstream/s3-plan.o \
		    netstream/tls-cipher.o netstream/procfs.o
netstream_image := $(netstream_client) netstream/digest-nettle.o \
		   netstream/entropy-mbedtls.o
netstream_host := $(netstream_client) netstream/digest-gnutls.o
