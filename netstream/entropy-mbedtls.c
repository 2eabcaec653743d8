// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The only entropy source of mbedTLS in the image (its configuration has
 * MBEDTLS_NO_PLATFORM_ENTROPY and MBEDTLS_ENTROPY_HARDWARE_ALT): under musl
 * the library would read /dev/random with stdio instead of getrandom(2).
 */
#include <errno.h>
#include <stddef.h>
#include <sys/random.h>

#include <mbedtls/entropy.h>

/* Declared in a private header of the library (library/entropy_poll.h). */
int mbedtls_hardware_poll(void *data, unsigned char *out, size_t len,
			  size_t *olen);

int mbedtls_hardware_poll(void *data, unsigned char *out, size_t len,
			  size_t *olen)
{
	size_t done = 0;

	(void)data;
	while (done < len) {
		ssize_t n = getrandom(out + done, len - done, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
		done += (size_t)n;
	}
	*olen = done;
	return 0;
}
