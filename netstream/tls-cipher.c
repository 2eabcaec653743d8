// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * With AES and PCLMUL instructions AES-128-GCM costs a ninth of the CPU time
 * of ChaCha20-Poly1305 (netstream/gcm-alt.c; with mbedTLS's own it would cost
 * a third more), with VAES and AVX-512 a twentieth; without them several times
 * as much.  QEMU's TCG offers the first two and emulates each one: there
 * AES-GCM costs 2.7 times as much.
 */
#include <string.h>

#include "tls-cipher.h"

#define AES_FIRST "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
#define CHACHA_FIRST "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"

#if defined(__x86_64__)
#include <cpuid.h>

#define CPUID_HYPERVISOR 0x40000000
#define CPUID_1_ECX_HYPERVISOR (1U << 31)

void tls_cpu_detect(struct tls_cpu *cpu)
{
	unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
	char vendor[12];

	*cpu = (struct tls_cpu){ .has_aes = __builtin_cpu_supports("aes") &&
					    __builtin_cpu_supports("pclmul") };
	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) ||
	    !(ecx & CPUID_1_ECX_HYPERVISOR))
		return;
	/* Not __get_cpuid(): the hypervisor's leaves have a range of their own. */
	__cpuid(CPUID_HYPERVISOR, eax, ebx, ecx, edx);
	memcpy(vendor, &ebx, 4);
	memcpy(vendor + 4, &ecx, 4);
	memcpy(vendor + 8, &edx, 4);
	cpu->emulated = !memcmp(vendor, "TCGTCGTCGTCG", sizeof(vendor));
}

#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>

/* TCG does not tell on arm64. */
void tls_cpu_detect(struct tls_cpu *cpu)
{
	unsigned long need = HWCAP_AES | HWCAP_PMULL;

	*cpu = (struct tls_cpu){ .has_aes =
					 (getauxval(AT_HWCAP) & need) == need };
}

#else
void tls_cpu_detect(struct tls_cpu *cpu)
{
	*cpu = (struct tls_cpu){ .has_aes = false };
}
#endif

const char *tls_cipher_order(const struct tls_cpu *cpu)
{
	return cpu->has_aes && !cpu->emulated ? AES_FIRST : CHACHA_FIRST;
}
