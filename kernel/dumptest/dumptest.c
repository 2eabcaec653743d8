// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device-dump driver for tests, which does what a bad one does, or a good
 * one with content that a test can compute.  It is never in an image that is
 * meant for production.  So that several fit into one kernel, it is built as
 * dumptest_DO too.
 *
 * Dump number i of a run, from 0, is named dumptest_DO_i.  Word k of its
 * content, from 0, is
 *
 *	(k + 1) * 0x9e3779b97f4a7c15 + i
 *
 * 64 bits wide and little-endian; the last word is cut off where the dump
 * ends.  tests/e2e/dumppattern.c prints the same.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/crash_dump.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#define MAX_COUNT 1024
#define GOLDEN 0x9e3779b97f4a7c15ULL

static char *what;
module_param_named(do, what, charp, 0);
MODULE_PARM_DESC(do, "fill, tiny, many, huge, fail, hang, spin, oops, "
		     "read, readfail, late; the module's name has it, or fill");

static unsigned int size;
module_param(size, uint, 0);
MODULE_PARM_DESC(size, "bytes of a dump; 4096, but tiny 1, huge 4026531840");

static unsigned int count;
module_param(count, uint, 0);
MODULE_PARM_DESC(count, "number of dumps; 1, but many 70, late 2 at most");

static unsigned int delay = 1000;
module_param(delay, uint, 0);
MODULE_PARM_DESC(delay, "ms before each dump of late but the first; 1000");

struct behaviour {
	const char *name;
	int (*callback)(struct vmcoredd_data *data, void *buf);
	int (*read)(struct vmcoredd_data *data, void *buf, u64 offset,
		    size_t len);
	unsigned int size;
	unsigned int count;
};

static const struct behaviour *behaviour;
static struct vmcoredd_data *dumps;

static void put_pattern(struct vmcoredd_data *data, void *buf, u64 offset,
			size_t len)
{
	u64 index = data - dumps;
	__le64 word;
	size_t n;

	for (; len; buf += n, offset += n, len -= n) {
		word = cpu_to_le64((offset / 8 + 1) * GOLDEN + index);
		n = min(len, sizeof(word));
		memcpy(buf, &word, n);
	}
}

static int fill(struct vmcoredd_data *data, void *buf)
{
	put_pattern(data, buf, 0, data->size);
	return 0;
}

static int fail(struct vmcoredd_data *data, void *buf)
{
	return -EIO;
}

/* Not even SIGKILL ends it. */
static int hang(struct vmcoredd_data *data, void *buf)
{
	pr_info("hanging\n");
	for (;;)
		schedule_timeout_uninterruptible(HZ);
	return 0;
}

static int spin(struct vmcoredd_data *data, void *buf)
{
	pr_info("spinning\n");
	for (;;)
		cpu_relax();
	return 0;
}

static int oops(struct vmcoredd_data *data, void *buf)
{
	int *volatile nowhere = NULL;

	return *nowhere;
}

static int read(struct vmcoredd_data *data, void *buf, u64 offset, size_t len)
{
	if (offset % 8 || len > PAGE_SIZE || offset + len > data->size ||
	    (len % 8 && offset + len != data->size)) {
		pr_err("%s: bad read of %zu bytes at %llu\n", data->dump_name,
		       len, offset);
		return -EINVAL;
	}
	put_pattern(data, buf, offset, len);
	return 0;
}

/* The byte in the middle cannot be read, nor what is read with it. */
static int readfail(struct vmcoredd_data *data, void *buf, u64 offset,
		    size_t len)
{
	u64 middle = data->size / 2;

	if (offset <= middle && middle < offset + len)
		return -EIO;
	return read(data, buf, offset, len);
}

static const struct behaviour behaviours[] = {
	{ "fill", fill, NULL, 4096, 1 },
	{ "tiny", fill, NULL, 1, 1 },
	{ "many", fill, NULL, 4096, 70 },
	{ "huge", fill, NULL, 0xf0000000, 1 },
	{ "fail", fail, NULL, 4096, 1 },
	{ "hang", hang, NULL, 4096, 1 },
	{ "spin", spin, NULL, 4096, 1 },
	{ "oops", oops, NULL, 4096, 1 },
	{ "read", NULL, read, 4096, 1 },
	{ "readfail", NULL, readfail, 4096, 1 },
	{ "late", fill, NULL, 4096, 2 },
};

static int add_dump(unsigned int index)
{
	struct vmcoredd_data *data = &dumps[index];
	int ret;

	snprintf(data->dump_name, sizeof(data->dump_name), "dumptest_%s_%u",
		 behaviour->name, index);
	data->size = size;
	data->vmcoredd_callback = behaviour->callback;
	data->vmcoredd_read = behaviour->read;
	data->owner = THIS_MODULE;

	ret = vmcore_add_device_dump(data);
	pr_info("%s of %u bytes: %d\n", data->dump_name, size, ret);
	return ret;
}

static void add_late(struct work_struct *work)
{
	unsigned int i;

	for (i = 1; i < count; i++) {
		msleep(delay);
		if (add_dump(i))
			break;
	}
}
static DECLARE_WORK(late_work, add_late);

static int choose(void)
{
	const char *suffix = strchr(KBUILD_MODNAME, '_');
	size_t i;

	if (!what)
		what = suffix ? (char *)suffix + 1 : "fill";
	for (i = 0; i < ARRAY_SIZE(behaviours); i++)
		if (!strcmp(what, behaviours[i].name))
			behaviour = &behaviours[i];
	if (!behaviour || count > MAX_COUNT) {
		pr_err("do=%s count=%u: not known\n", what, count);
		return -EINVAL;
	}
	size = size ?: behaviour->size;
	count = count ?: behaviour->count;
	return 0;
}

/*
 * Fails with the first error unless there is a dump that may be read by way of
 * this module: there is no way back from that.
 */
static int __init dumptest_init(void)
{
	bool late, pinned = false;
	unsigned int i;
	int ret, err;

	ret = choose();
	if (ret)
		return ret;
	if (!is_kdump_kernel())
		return -ENODEV;
	dumps = kcalloc(count, sizeof(*dumps), GFP_KERNEL);
	if (!dumps)
		return -ENOMEM;

	late = !strcmp(what, "late");
	for (i = 0; i < (late ? 1 : count); i++) {
		err = add_dump(i);
		ret = ret ?: err;
		pinned |= !err && behaviour->read;
	}
	if (late && !ret)
		schedule_work(&late_work);
	if (ret && !pinned) {
		kfree(dumps);
		return ret;
	}
	return 0;
}
module_init(dumptest_init);

/* No module_exit(): late dumps and those that are read need the code. */

MODULE_DESCRIPTION("Device dumps that tests can rely on");
MODULE_LICENSE("GPL");
