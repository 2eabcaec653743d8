// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module with damage: the input is added to one that the compiler made, from
 * its end on, because that is where the section headers are, or from its
 * start.  No crash, and no string that leaves the file.
 */
#include "capture/module.c"
#include "netstream/io.c"
#include "tests/mkcore.h"
#include "tests/fuzz/fuzz-file.h"
#include "tests/module-object.h"

static const char *const info[] = {
	"alias=pci:v00001425d00005410sv*sd*bc*sc*i*",
	"depends=mdio,zlib_deflate",
	"name=cxgb4",
	NULL,
};

static void template(struct fuzz_vmcore *ret)
{
	char path[] = "/tmp/fuzz-module.XXXXXX";

	close(mkstemp(path));
	module_object(path, info, "vmcore_add_device_dump");
	if (read_file(path, FUZZ_FILE_MAX, (char **)&ret->bytes, &ret->len) < 0)
		abort();
	unlink(path);
}

static void use(const struct module *module)
{
	const char *start = (const char *)module->file;

	for (const char *p = NULL; (p = module_info(module, "alias", p));)
		if (p < start || p + strlen(p) >= start + module->len)
			abort();
	module_info(module, "depends", NULL);
	module_needs(module, "vmcore_add_device_dump");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_vmcore object;
	struct module module;
	const char *path;
	size_t off = 0;

	if (!object.bytes)
		template(&object);
	if (size && *data & 1 && size < object.len)
		off = object.len - (size - 1);
	path = fuzz_damaged(&object, off, data + !!size, size - !!size);
	if (module_open(&module, path) < 0)
		return 0;
	use(&module);
	module_close(&module);
	return 0;
}
