/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests in TAP.  RUN(f) is one test; inside it CHECK_*() print both
 * values and fail the test without ending it.  main() ends in tap_done().
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed, tap_bad;

#define CHECK(cond)                                                           \
	do {                                                                  \
		if (!(cond)) {                                                \
			tap_bad = 1;                                          \
			printf("# %s:%d: not true: %s\n", __FILE__, __LINE__, \
			       #cond);                                        \
		}                                                             \
	} while (0)

#define CHECK_INT(got, want)                                               \
	do {                                                               \
		intmax_t got_ = (intmax_t)(got), want_ = (intmax_t)(want); \
		if (got_ != want_) {                                       \
			tap_bad = 1;                                       \
			printf("# %s:%d: %s is %jd, want %jd\n", __FILE__, \
			       __LINE__, #got, got_, want_);               \
		}                                                          \
	} while (0)

#define CHECK_STR(got, want)                                           \
	do {                                                           \
		const char *got_ = (got), *want_ = (want);             \
		if (!got_ || strcmp(got_, want_)) {                    \
			tap_bad = 1;                                   \
			printf("# %s:%d: %s is \"%s\", want \"%s\"\n", \
			       __FILE__, __LINE__, #got,               \
			       got_ ? got_ : "(null)", want_);         \
		}                                                      \
	} while (0)

#define CHECK_MEM(got, want, len)                                         \
	do {                                                              \
		if (memcmp((got), (want), (len))) {                       \
			tap_bad = 1;                                      \
			printf("# %s:%d: %s differs from %s\n", __FILE__, \
			       __LINE__, #got, #want);                    \
		}                                                         \
	} while (0)

#define RUN(test)                                                              \
	do {                                                                   \
		tap_bad = 0;                                                   \
		test();                                                        \
		tap_failed += tap_bad;                                         \
		printf("%s %d - %s\n", tap_bad ? "not ok" : "ok", ++tap_count, \
		       #test);                                                 \
		fflush(stdout);                                                \
	} while (0)

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
