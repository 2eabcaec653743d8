// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/drivers.h"
#include "capture/json.h"
#include "capture/kdump-figures.h"
#include "capture/manifest.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "netstream/procfs.h"

int manifest_init(struct manifest *manifest, const struct session *session,
		  uint64_t start_ms)
{
	size_t room = session->dumps.n + MANIFEST_OTHERS_MAX;

	*manifest = (struct manifest){
		.session = session,
		.objects = calloc(room, sizeof(*manifest->objects)),
		.missing = calloc(room, sizeof(*manifest->missing)),
		.room = room,
		.start_ms = start_ms,
		.mem_available_min_kb = UINT64_MAX,
	};
	if (!manifest->objects || !manifest->missing) {
		log_err("manifest.json: no memory for %zu objects", room);
		manifest_free(manifest);
		return -ENOMEM;
	}
	manifest_sample(manifest);
	return 0;
}

void manifest_free(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->n_objects; i++)
		free(manifest->objects[i].result.parts);
	free(manifest->objects);
	free(manifest->missing);
	manifest->objects = NULL;
	manifest->missing = NULL;
	manifest->n_objects = manifest->n_missing = manifest->room = 0;
}

void manifest_sample(struct manifest *manifest)
{
	uint64_t kb = meminfo_kb("MemAvailable");

	if (kb < manifest->mem_available_min_kb)
		manifest->mem_available_min_kb = kb;
}

void manifest_add(struct manifest *manifest, const struct object_result *result,
		  const struct device_dump *dump,
		  const struct device_dump_content *content)
{
	struct manifest_object *object;

	if (manifest->n_objects == manifest->room) {
		free(result->parts);
		return;
	}
	object = &manifest->objects[manifest->n_objects++];
	object->result = *result;
	object->dump = dump;
	if (dump)
		object->content = *content;
}

void manifest_missing(struct manifest *manifest, const char *name, int err)
{
	if (manifest->n_missing < manifest->room)
		manifest->missing[manifest->n_missing++] =
			(struct manifest_missing){ name, err };
}

bool manifest_has(const struct manifest *manifest, const char *name)
{
	for (size_t i = 0; i < manifest->n_objects; i++)
		if (!strcmp(manifest->objects[i].result.name, name))
			return true;
	for (size_t i = 0; i < manifest->n_missing; i++)
		if (!strcmp(manifest->missing[i].name, name))
			return true;
	return false;
}

/* Where a note is in the object vmcore; false when it is left out. */
static bool find_note(const struct manifest *manifest, uint64_t note_off,
		      uint64_t *off)
{
	const struct session *session = manifest->session;
	struct kdump_layout layout;

	if (!plan_find(&session->plan, note_off, off))
		return false;
	if (manifest->format == FORMAT_KDUMP &&
	    !kdump_layout(&layout, &session->memory, &session->plan))
		*off += layout.notes_off - session->core.note_off;
	return true;
}

static void write_dump(struct json *json, const struct manifest *manifest,
		       const struct manifest_object *object)
{
	const struct session *session = manifest->session;
	const struct device_dump *dump = object->dump;
	uint64_t off;
	bool in_vmcore = find_note(manifest, dump->note_off, &off);

	json_object(json, "device_dump");
	json_string(json, "name", dump->name);
	json_u64(json, "index", (uint64_t)(dump - session->dumps.list));
	json_u64(json, "size", object->content.size);
	json_string(json, "sha256", object->content.sha256);
	json_bool(json, "in_vmcore", in_vmcore);
	if (in_vmcore)
		json_u64(json, "note_offset", off);
	else
		json_string(json, "note_offset", NULL);
	json_close(json);
}

static void write_digests(struct json *json, const struct object_result *result)
{
	if (!result->n_parts) {
		if (result->sha256[0])
			json_string(json, "sha256", result->sha256);
		return;
	}
	json_array(json, "parts");
	for (size_t i = 0; i < result->n_parts; i++) {
		json_object(json, NULL);
		json_u64(json, "offset", result->parts[i].off);
		json_u64(json, "size", result->parts[i].size);
		json_string(json, "sha256", result->parts[i].sha256);
		json_close(json);
	}
	json_close(json);
}

/* What has cut the session short. */
static const char *partial_why(const struct manifest *manifest)
{
	switch (manifest->partial) {
	case -ETIMEDOUT:
		return "the deadline was near";
	case -EFBIG:
		return "the store takes no larger object";
	default:
		return strerror(-manifest->partial);
	}
}

static void write_missing(struct json *json, const struct manifest *manifest)
{
	json_array(json, "missing");
	for (size_t i = 0; i < manifest->n_missing; i++) {
		const struct manifest_missing *missing = &manifest->missing[i];
		const char *reason = missing->err == -ECANCELED
					     ? partial_why(manifest)
					     : strerror(-missing->err);

		json_object(json, NULL);
		json_string(json, "name", missing->name);
		json_string(json, "reason", reason);
		json_close(json);
	}
	json_close(json);
}

static void write_objects(struct json *json, const struct manifest *manifest)
{
	json_array(json, "objects");
	for (size_t i = 0; i < manifest->n_objects; i++) {
		const struct manifest_object *object = &manifest->objects[i];
		const struct object_result *result = &object->result;
		bool flat = result->layout == OBJECT_RECORDS;

		json_object(json, NULL);
		json_string(json, "name", result->name);
		json_u64(json, "size", result->size);
		write_digests(json, result);
		json_string(json, "layout", flat ? "flat" : "stream");
		json_u64(json, "ms", result->ms);
		if (object->dump)
			write_dump(json, manifest, object);
		json_close(json);
	}
	json_close(json);
}

static void write_vmcore(struct json *json, const struct manifest *manifest)
{
	const struct session_filter *filter = &manifest->session->filter;
	const struct kdump_figures *kdump = &manifest->kdump;
	uint64_t page_len = 1ULL << manifest->session->memory.page_shift;

	json_object(json, "vmcore");
	if (manifest->format == FORMAT_ELF) {
		json_string(json, "format", "elf");
		json_u64(json, "zero_bytes", manifest->elf.zero_bytes);
		json_u64(json, "unreadable_bytes",
			 manifest->elf.unreadable_bytes);
		if (filter->done)
			filter_stats_write(&filter->stats,
					   filter->why[0] ? filter->why : NULL,
					   json);
	} else {
		json_string(json, "format", "kdump");
		json_u64(json, "zero_bytes", kdump->zero * page_len);
		json_u64(json, "unreadable_bytes",
			 kdump->unreadable_notes +
				 kdump->unreadable * page_len);
		kdump_figures_write(kdump, json);
	}
	json_close(json);
}

static void write_figures(struct json *json, const struct manifest *manifest,
			  const struct target_stats *stats)
{
	write_vmcore(json, manifest);
	json_object(json, "transfer");
	json_u64(json, "chunk_size", stats->chunk_size);
	json_u64(json, "sent", stats->sent);
	json_u64(json, "acked", stats->acked);
	json_u64(json, "resent", stats->resent);
	json_u64(json, "retries", stats->retries);
	json_close(json);

	json_object(json, "timings_ms");
	json_u64(json, "start", manifest->start_ms);
	json_u64(json, "first_ack", stats->first_ack_ms);
	json_u64(json, "vmcore_start", manifest->vmcore_start_ms);
	json_u64(json, "vmcore_end", manifest->vmcore_end_ms);
	json_close(json);

	json_object(json, "memory");
	json_u64(json, "peak_rss_kb", peak_rss_kb());
	json_u64(json, "mem_available_min_kb", manifest->mem_available_min_kb);
	json_close(json);
}

static void write_result(struct json *json, const struct manifest *manifest)
{
	json_string(json, "result", manifest->partial ? "partial" : "complete");
	if (manifest->partial)
		json_string(json, "why", partial_why(manifest));
}

static const char *target_result(const struct manifest *manifest,
				 const struct delivery *delivery)
{
	if (delivery == manifest->delivery)
		return manifest->partial ? "partial" : "complete";
	if (!delivery->tries)
		return "untried";
	return delivery->refused ? "refused" : "failed";
}

/* Of this target, whose try goes on, with the figures of now. */
static void write_targets(struct json *json, const struct manifest *manifest,
			  const struct target_stats *stats)
{
	json_array(json, "targets");
	for (size_t i = 0; i < manifest->n_deliveries; i++) {
		const struct delivery *delivery = &manifest->deliveries[i];
		bool here = delivery == manifest->delivery;
		uint64_t ms = here ? now_ms() - delivery->try_ms : 0;

		json_object(json, NULL);
		json_string(json, "url", delivery->name);
		json_bool(json, "here", here);
		json_string(json, "result", target_result(manifest, delivery));
		json_string(json, "error",
			    delivery->err ? strerror(-delivery->err) : NULL);
		json_u64(json, "tries", delivery->tries);
		json_u64(json, "acked",
			 here ? stats->acked : delivery->stats.acked);
		json_u64(json, "ms", delivery->ms + ms);
		json_close(json);
	}
	json_close(json);
}

int manifest_write(const struct manifest *manifest, struct object *object)
{
	/* As it stands now: the bytes of the manifest itself change it. */
	struct target_stats stats = object->target->stats;
	struct json json;

	json_init(&json, object_sink, object);
	json_object(&json, NULL);
	json_string(&json, "schema", "barecap-manifest");
	json_u64(&json, "version", MANIFEST_SCHEMA_VERSION);
	json_string(&json, "session", manifest->session->id);
	write_result(&json, manifest);
	write_objects(&json, manifest);
	write_missing(&json, manifest);
	json_u64(&json, "n_device_dumps", manifest->session->dumps.total);
	drivers_write(&manifest->session->drivers, &json);
	write_targets(&json, manifest, &stats);
	write_figures(&json, manifest, &stats);
	return json_finish(&json);
}
