/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel modules for tests, as the compiler makes them: real relocatable ELF
 * with a .modinfo and undefined symbols, which no kernel would load.
 */
#ifndef TESTS_MODULE_OBJECT_H
#define TESTS_MODULE_OBJECT_H

#include <stdio.h>
#include <stdlib.h>

/* Info: lines "tag=value"; symbol: a function that init_module calls. */
static inline void module_object(const char *path, const char *const *info,
				 const char *symbol)
{
	const char *cc = getenv("CC");
	char command[512];
	FILE *out;

	snprintf(command, sizeof(command),
		 "%s -w -O2 -fno-toplevel-reorder -x c -c -o '%s' -",
		 cc ? cc : "cc", path);
	out = popen(command, "w");
	if (!out)
		abort();
	for (int i = 0; info[i]; i++)
		fprintf(out,
			"static const char info_%d[] __attribute__((used, "
			"section(\".modinfo\"), aligned(1))) = \"%s\";\n",
			i, info[i]);
	fprintf(out,
		"int %s(void);\nint init_module(void)\n"
		"{ return %s(); }\n",
		symbol, symbol);
	if (pclose(out))
		abort();
}

#endif
