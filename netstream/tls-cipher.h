/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which TLS 1.3 cipher to ask for first.  mbedTLS offers ChaCha20 first and
 * most servers follow the client's order, so the choice is made here.
 */
#ifndef NETSTREAM_TLS_CIPHER_H
#define NETSTREAM_TLS_CIPHER_H

#include <stdbool.h>

struct tls_cpu {
	bool has_aes; /* instructions for AES and carry-less multiply */
	bool emulated; /* QEMU's TCG runs them in software */
};

void tls_cpu_detect(struct tls_cpu *cpu);

/* A list for CURLOPT_TLS13_CIPHERS, best first. */
const char *tls_cipher_order(const struct tls_cpu *cpu);

#endif
