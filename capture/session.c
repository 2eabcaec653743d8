// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <time.h>

#include "capture/arch.h"
#include "capture/json.h"
#include "capture/kdump-header.h"
#include "capture/session.h"
#include "netstream/base64.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "netstream/procfs.h"
#include "netstream/version.h"

#ifndef GRND_INSECURE
#define GRND_INSECURE 4
#endif

/* Nobody has tried to load any, or the file is not ours: then there are none. */
static void read_drivers(struct session *session)
{
	int ret = drivers_read(&session->drivers, DRIVERS_FILE);

	if (ret < 0 && ret != -ENOENT)
		log_err("%s: %s", DRIVERS_FILE, strerror(-ret));
}

int session_open(struct session *session, const char *path)
{
	int ret;

	*session = (struct session){ .live = !strcmp(path, "/proc/vmcore") };
	ret = vmcore_open(&session->core, path);
	if (ret < 0)
		return ret;
	ret = device_dumps_load(&session->dumps, &session->core);
	if (!ret)
		ret = plan_init(&session->plan, &session->core,
				&session->dumps);
	if (ret < 0) {
		session_close(session);
		return ret;
	}
	if (session->live)
		read_drivers(session);

	/* A crash may have spoilt these: the vmcore is sent all the same. */
	ret = vmcoreinfo_load(&session->info, &session->core);
	memory_init(&session->memory, &session->core,
		    arch_page_shift(&session->info));
	if (ret < 0)
		return 0;
	vmcoreinfo_decimal(&session->info, "CRASHTIME", &session->crash_time);
	if (session->crash_time > CONFIG_CLOCK_MAX)
		session->crash_time = 0;
	ret = utsname_read(&session->core, &session->info, &session->uts);
	if (ret < 0)
		log_info("%s: name of the machine: %s", path, strerror(-ret));
	if (!session->uts.release[0])
		vmcoreinfo_string(&session->info, "OSRELEASE",
				  session->uts.release,
				  sizeof(session->uts.release));
	return 0;
}

void session_close(struct session *session)
{
	memory_free(&session->memory);
	vmcoreinfo_free(&session->info);
	plan_free(&session->plan);
	device_dumps_free(&session->dumps);
	vmcore_close(&session->core);
}

int session_filter(struct session *session, unsigned int level)
{
	struct session_filter *done = &session->filter;
	struct filter *filter;
	int ret;

	if (level == 0 || done->done || !session->memory.n_ranges)
		return 0;
	ret = filter_new(&filter, &session->memory, &session->info, level);
	if (ret < 0)
		return ret;
	ret = plan_filter(&session->plan, &session->memory, filter);
	if (!ret) {
		const char *why = filter_why(filter);

		done->done = true;
		done->stats = *filter_stats(filter);
		snprintf(done->why, sizeof(done->why), "%s", why ? why : "");
	}
	filter_free(filter);
	return ret;
}

void session_format_id(char id[static SESSION_ID_LEN + 1], uint64_t time,
		       uint32_t number)
{
	time_t seconds = (time_t)time;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(id, SESSION_ID_LEN + 1, "%Y%m%dT%H%M%SZ", &tm);
	snprintf(id + 16, SESSION_ID_LEN + 1 - 16, "-%08" PRIx32, number);
}

static bool is_host(const char *name)
{
	return name[0] && strcmp(name, "(none)") && strcmp(name, "localhost");
}

void session_name(struct session *session, const char *host)
{
	uint64_t when = session->crash_time;
	uint32_t number;

	if (!when)
		when = (uint64_t)time(NULL);
	/* Unique is enough, and a young kernel would block for more. */
	if (getrandom(&number, sizeof(number), GRND_INSECURE) !=
		    sizeof(number) &&
	    getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = (uint32_t)now_ms();
	session_format_id(session->id, when, number);

	if (is_host(session->uts.nodename) || !host)
		host = session->uts.nodename;
	session->host = *host ? host : NULL;
}

static bool contains(const Elf64_Phdr *outer, const Elf64_Phdr *inner)
{
	return inner->p_paddr >= outer->p_paddr &&
	       inner->p_filesz <= outer->p_filesz &&
	       inner->p_paddr - outer->p_paddr <=
		       outer->p_filesz - inner->p_filesz;
}

/* The kernel text is the first PT_LOAD, before those of the memory. */
uint64_t session_memory(const struct vmcore *core)
{
	const Elf64_Phdr *text = NULL;
	bool again = false;
	uint64_t sum = 0;

	for (size_t i = 0; i < core->n_phdrs; i++) {
		const Elf64_Phdr *phdr = &core->phdrs[i];

		if (phdr->p_type != PT_LOAD)
			continue;
		sum += phdr->p_filesz;
		if (!text)
			text = phdr;
		else
			again = again || contains(phdr, text);
	}
	return again ? sum - text->p_filesz : sum;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static void write_kernel(struct json *json, const struct session *session)
{
	bool arm = session->core.machine == EM_AARCH64;

	json_object(json, "kernel");
	json_string(json, "release", or_null(session->uts.release));
	json_string(json, "version", or_null(session->uts.version));
	json_string(json, "machine", arm ? "aarch64" : "x86_64");
	json_close(json);
}

static void write_capture(struct json *json, const struct session *session)
{
	struct utsname uts;

	json_object(json, "capture");
	json_bool(json, "live", session->live);
	json_string(json, "kernel_release", uname(&uts) ? NULL : uts.release);
	json_u64(json, "mem_total_kb", meminfo_kb("MemTotal"));
	json_u64(json, "mem_available_kb", meminfo_kb("MemAvailable"));
	json_bool(json, "clock_set", session->clock_set);
	json_u64(json, "uptime_ms", now_ms());
	json_close(json);
}

/* What makes a dump of the object vmcore as far as it has come. */
static void write_header(struct json *json, const struct session *session)
{
	char text[BASE64_LEN(sizeof(struct kdump_header)) + 1];
	struct kdump_header header;

	if (kdump_incomplete_header(session, &header) < 0)
		return;
	base64(text, &header, sizeof(header));
	json_string(json, "header", text);
}

static void write_vmcore(struct json *json, const struct session *session,
			 enum dump_format format)
{
	const struct vmcore *core = &session->core;
	bool elf = format == FORMAT_ELF;

	json_object(json, "vmcore");
	json_string(json, "format", elf ? "elf" : "kdump");
	json_u64(json, "source_size", core->size);
	if (!elf)
		write_header(json, session);
	json_u64(json, "loads", core->n_loads);
	json_u64(json, "memory", session_memory(core));
	json_u64(json, "notes_size", session->plan.note_len);
	json_close(json);
}

static void write_dumps(struct json *json, const struct session *session)
{
	const struct device_dumps *dumps = &session->dumps;
	uint64_t off;

	json_u64(json, "n_device_dumps", dumps->total);
	json_array(json, "device_dumps");
	for (size_t i = 0; i < dumps->n; i++) {
		const struct device_dump *dump = &dumps->list[i];

		json_object(json, NULL);
		json_string(json, "name", dump->name);
		json_u64(json, "size", dump->size);
		json_string(json, "object", dump->object);
		json_bool(json, "in_vmcore",
			  plan_find(&session->plan, dump->note_off, &off));
		json_close(json);
	}
	json_close(json);
}

int session_write(const struct session *session, enum dump_format format,
		  struct object *object)
{
	struct json json;

	json_init(&json, object_sink, object);
	json_object(&json, NULL);
	json_string(&json, "schema", "barecap-session");
	json_u64(&json, "version", SESSION_SCHEMA_VERSION);
	json_string(&json, "session", session->id);
	json_string(&json, "software", "barecap " BARECAP_VERSION);
	json_string(&json, "host", session->host);
	write_kernel(&json, session);
	if (session->crash_time)
		json_u64(&json, "crash_time", session->crash_time);
	else
		json_string(&json, "crash_time", NULL);
	write_capture(&json, session);
	write_vmcore(&json, session, format);
	drivers_write(&session->drivers, &json);
	write_dumps(&json, session);
	return json_finish(&json);
}
