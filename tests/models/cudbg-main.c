// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cudbg list FILE
 * cudbg extract FILE ENTITY >OUT
 *
 * FILE is a device dump of cxgb4 as its driver wrote it: the descriptor of
 * the note without the name of 44 bytes before it.  list has a line
 *
 *	NAME FLAGS SYS_ERR STORED INFLATED
 *
 * for each entity that the driver tried; INFLATED is "damaged" where the data
 * cannot be read, and the exit status is then 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cudbg.h"
#include "netstream/io.h"

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "cudbg: %s: %s\n", what, why);
	return 1;
}

static int count(void *arg, const void *data, size_t len)
{
	(void)data;
	*(uint64_t *)arg += len;
	return 0;
}

static int write_out(void *arg, const void *data, size_t len)
{
	(void)arg;
	return write_full(STDOUT_FILENO, data, len);
}

static int list_one(const struct cudbg *dump, uint32_t type)
{
	struct cudbg_entity entity = { 0 };
	const char *name = cudbg_name(type);
	uint64_t inflated = 0;
	char number[16];
	int ret;

	ret = cudbg_entity(dump, type, &entity);
	if (ret == -ENOENT)
		return 0;
	if (!ret)
		ret = cudbg_inflate(dump, &entity, count, &inflated);
	snprintf(number, sizeof(number), "%" PRIu32, type);
	printf("%-16s %4" PRId32 " %4" PRId32 " %8zu ", name ? name : number,
	       entity.flags, entity.sys_err, entity.len);
	if (ret)
		printf(" damaged\n");
	else
		printf("%8" PRIu64 "\n", inflated);
	return ret;
}

static int list(const struct cudbg *dump)
{
	int failed = 0;

	for (uint32_t type = 1; type <= dump->n_entities; type++)
		if (list_one(dump, type) < 0)
			failed = 1;
	return failed;
}

static int extract(const struct cudbg *dump, const char *name)
{
	struct cudbg_entity entity;
	uint32_t type = cudbg_type(name);
	int ret;

	if (!type)
		return fail(name, "no such entity");
	ret = cudbg_entity(dump, type, &entity);
	if (!ret && entity.flags)
		fprintf(stderr,
			"cudbg: %s: flags %" PRId32 ", error %" PRId32 "\n",
			name, entity.flags, entity.sys_err);
	if (!ret)
		ret = cudbg_inflate(dump, &entity, write_out, NULL);
	if (ret)
		return fail(name, strerror(-ret));
	return entity.flags ? 1 : 0;
}

static int map(const char *path, struct cudbg *dump)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_size <= 0) {
		close(fd);
		return -EBADMSG;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		ret = -errno;
	close(fd);
	return ret ? ret : cudbg_open(dump, data, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
	struct cudbg dump;
	int ret;

	if (!(argc == 3 && !strcmp(argv[1], "list")) &&
	    !(argc == 4 && !strcmp(argv[1], "extract"))) {
		fprintf(stderr, "usage: cudbg list file\n"
				"       cudbg extract file entity >out\n");
		return 64;
	}
	ret = map(argv[2], &dump);
	if (ret)
		return fail(argv[2], ret == -EBADMSG ? "not a whole cudbg dump"
						     : strerror(-ret));
	if (argc == 3)
		return list(&dump);
	return extract(&dump, argv[3]);
}
