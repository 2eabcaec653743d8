// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netstream/collector/list.h"
#include "netstream/collector/pick.h"
#include "netstream/collector/session.h"
#include "netstream/collector/store.h"
#include "netstream/collector/walk.h"
#include "netstream/log.h"

#define WORD_MAX 65
#define DUMPS_DIR "device-dumps/"
/* One object of a list in session.json. */
#define MEMBER_MAX 1024
#define ROW "%-16s %-25s %-10s %7s %7s %7s %7s %-26s %-16s %s\n"

struct summary {
	unsigned int n_objects;
	unsigned int n_dumps; /* objects of DUMPS_DIR that are complete */
	unsigned long long size, disk;
	bool print;
};

static void print_object(const struct walk_file *file)
{
	char path[2 * STORE_FILE_MAX], size[16], disk[16];
	const struct stat *st = &file->st;
	bool unfinished = name_is_unfinished(file->path);

	snprintf(path, sizeof(path), "%s", file->path);
	if (unfinished)
		path[strlen(path) - strlen(NAME_INCOMPLETE)] = '\0';
	pick_size((unsigned long long)st->st_size, size);
	pick_size((unsigned long long)st->st_blocks * 512, disk);
	printf("%-40s %-10s %12lld %7s %7s\n", path,
	       unfinished ? "incomplete" : "complete", (long long)st->st_size,
	       size, disk);
}

static void count_object(void *arg, const struct walk_file *file)
{
	struct summary *summary = arg;

	summary->n_objects++;
	if (!strncmp(file->path, DUMPS_DIR, strlen(DUMPS_DIR)) &&
	    !name_is_unfinished(file->path))
		summary->n_dumps++;
	summary->size += (unsigned long long)file->st.st_size;
	summary->disk += (unsigned long long)file->st.st_blocks * 512;
	if (summary->print)
		print_object(file);
}

static void print_header(void)
{
	printf(ROW, "CLIENT", "SESSION", "STATE", "OBJECTS", "DUMPS", "SIZE",
	       "DISK", "KERNEL", "HOST", "PANIC");
}

/* What has arrived, and of how many when that is not all. */
static void count_dumps(unsigned int n, const char *session_json, char *buf,
			size_t size)
{
	unsigned long long announced = n;

	pick_number(session_json, "n_device_dumps", &announced);
	if (announced == n)
		snprintf(buf, size, "%u", n);
	else
		snprintf(buf, size, "%u/%llu", n, announced);
}

struct listing {
	const char *client;
	uint64_t abandoned; /* seconds */
};

static void print_session(void *arg, int dir, const char *name)
{
	const struct listing *listing = arg;
	char kernel[WORD_MAX], host[WORD_MAX], panic[WORD_MAX];
	char count[16], dumps[40], size[16], disk[16], *text;
	struct summary summary = { 0 };
	int session;

	if (!name_is_component(name))
		return;
	session = store_subdir(dir, name);
	if (session < 0)
		return;
	walk_files(session, count_object, &summary);

	text = walk_text(session, "session.json");
	pick_json(text ? text : "", "release", kernel, sizeof(kernel));
	pick_json(text ? text : "", "host", host, sizeof(host));
	count_dumps(summary.n_dumps, text ? text : "", dumps, sizeof(dumps));
	free(text);
	text = walk_text(session, "vmcore-dmesg.txt");
	pick_panic(text ? text : "", panic, sizeof(panic));
	free(text);

	snprintf(count, sizeof(count), "%u", summary.n_objects);
	pick_size(summary.size, size);
	pick_size(summary.disk, disk);
	printf(ROW, listing->client, name,
	       session_state_name(session_state(session, listing->abandoned)),
	       count, dumps, size, disk, kernel[0] ? kernel : "-",
	       host[0] ? host : "-", panic[0] ? panic : "-");
	close(session);
}

/* The device dumps of session.json, whether they have arrived or not. */
static void print_dumps(const char *text)
{
	const char *list = pick_list(text, "device_dumps");
	char member[MEMBER_MAX], name[WORD_MAX], object[NAME_LEN_MAX + 1];
	unsigned long long bytes;
	bool first = true;
	char size[16];

	while (list && (list = pick_member(list, member, sizeof(member)))) {
		if (first)
			printf("\n%-44s %7s %-6s %s\n", "DEVICE DUMP", "SIZE",
			       "VMCORE", "OBJECT");
		first = false;
		pick_json(member, "name", name, sizeof(name));
		pick_json(member, "object", object, sizeof(object));
		bytes = 0;
		pick_number(member, "size", &bytes);
		pick_size(bytes, size);
		printf("%-44s %7s %-6s %s\n", name[0] ? name : "-", size,
		       pick_is(member, "in_vmcore", "false") ? "no" : "yes",
		       object[0] ? object : "-");
	}
}

/* Drivers that did not take their dumps, and why. */
static void print_drivers(const char *text)
{
	const char *list = pick_list(text, "drivers");
	char member[MEMBER_MAX], name[WORD_MAX], state[WORD_MAX];
	char error[WORD_MAX];
	bool first = true;

	while (list && (list = pick_member(list, member, sizeof(member)))) {
		pick_json(member, "name", name, sizeof(name));
		pick_json(member, "state", state, sizeof(state));
		pick_json(member, "error", error, sizeof(error));
		if (!strcmp(state, "loaded"))
			continue;
		if (first)
			printf("\n%-44s %-7s %s\n", "DRIVER", "STATE", "ERROR");
		first = false;
		printf("%-44s %-7s %s\n", name[0] ? name : "-",
		       state[0] ? state : "-", error[0] ? error : "-");
	}
}

/* What a partial session lacks, or has the beginning of. */
static void print_missing(const char *text)
{
	const char *list = pick_own_list(text, "missing");
	char member[MEMBER_MAX], name[NAME_LEN_MAX + 1], reason[WORD_MAX];
	bool first = true;

	while (list && (list = pick_member(list, member, sizeof(member)))) {
		if (first)
			printf("\n%-44s %s\n", "MISSING", "REASON");
		first = false;
		pick_json(member, "name", name, sizeof(name));
		pick_json(member, "reason", reason, sizeof(reason));
		printf("%-44s %s\n", name[0] ? name : "-",
		       reason[0] ? reason : "-");
	}
}

static void print_text(int session, const char *file,
		       void (*print)(const char *text))
{
	char *text = walk_text(session, file);

	if (text)
		print(text);
	free(text);
}

static void print_client(void *arg, int dir, const char *name)
{
	struct listing listing = { name, *(const uint64_t *)arg };
	int fd;

	if (!store_client_ok(name))
		return;
	fd = store_subdir(dir, name);
	if (fd < 0)
		return;
	walk_entries(fd, print_session, &listing);
	close(fd);
}

static int list_objects(int store, const struct object_name *name,
			uint64_t abandoned)
{
	struct listing listing = { name->client, abandoned };
	struct summary summary = { .print = true };
	int dir, fd;

	dir = store_subdir(store, name->client);
	if (dir < 0)
		return dir;
	fd = store_subdir(dir, name->session);
	if (fd < 0) {
		close(dir);
		return fd;
	}
	print_header();
	print_session(&listing, dir, name->session);
	printf("\n%-40s %-10s %12s %7s %7s\n", "OBJECT", "STATE", "BYTES",
	       "SIZE", "DISK");
	walk_files(fd, count_object, &summary);
	print_text(fd, STORE_MANIFEST, print_missing);
	print_text(fd, "session.json", print_dumps);
	print_text(fd, "session.json", print_drivers);
	close(fd);
	close(dir);
	return 0;
}

static int list_clients(int store, const char *client, uint64_t abandoned)
{
	int fd, ret = 0;

	fd = client ? store_subdir(store, client) : store;
	if (fd < 0)
		return fd;
	print_header();
	if (client) {
		print_client(&abandoned, store, client);
		close(fd);
	} else {
		ret = walk_entries(store, print_client, &abandoned);
	}
	return ret < 0 ? ret : 0;
}

int list_store(const char *dir, const char *what, uint64_t abandoned)
{
	struct object_name name;
	struct store store;
	int ret;

	ret = store_open(&store, dir, 0, false);
	if (ret < 0)
		return ret;
	ret = what ? walk_split(what, &name) : 0;
	if (!ret && what && name.session[0])
		ret = list_objects(store.fd, &name, abandoned);
	else if (!ret)
		ret = list_clients(store.fd, what ? name.client : NULL,
				   abandoned);
	if (ret < 0)
		log_err("%s/%s: %s", dir, what ? what : "", strerror(-ret));
	store_close(&store);
	return ret;
}
