/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 with the x86 SHA instructions, which mbedTLS 3.6 does not use: its
 * own code takes twice the CPU time of AES-GCM for the same bytes.
 */
#ifndef NETSTREAM_SHA256_X86_H
#define NETSTREAM_SHA256_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Executes CPUID, which is slow in a virtual machine: ask once. */
bool sha256_x86_supported(void);

/* Whole blocks of 64 bytes into the state; only where it is supported. */
void sha256_x86_blocks(uint32_t state[static 8], const uint8_t *p,
		       size_t n_blocks);

#endif
