// SPDX-License-Identifier: GPL-2.0-or-later

#include <string.h>

#include "capture/json.h"
#include "capture/manifest.h"
#include "netstream/procfs.h"

void manifest_init(struct manifest *manifest, uint64_t start_ms)
{
	*manifest = (struct manifest){
		.start_ms = start_ms,
		.mem_available_min_kb = UINT64_MAX,
	};
	manifest_sample(manifest);
}

void manifest_sample(struct manifest *manifest)
{
	uint64_t kb = meminfo_kb("MemAvailable");

	if (kb < manifest->mem_available_min_kb)
		manifest->mem_available_min_kb = kb;
}

void manifest_add(struct manifest *manifest, const struct object_result *result)
{
	if (manifest->n_objects < MANIFEST_OBJECTS_MAX)
		manifest->objects[manifest->n_objects++] = *result;
}

void manifest_missing(struct manifest *manifest, const char *name, int err)
{
	if (manifest->n_missing == MANIFEST_OBJECTS_MAX)
		return;
	manifest->missing[manifest->n_missing].name = name;
	manifest->missing[manifest->n_missing++].err = err;
}

static void write_objects(struct json *json, const struct manifest *manifest)
{
	json_array(json, "objects");
	for (size_t i = 0; i < manifest->n_objects; i++) {
		const struct object_result *object = &manifest->objects[i];
		bool flat = object->layout == OBJECT_RECORDS;

		json_object(json, NULL);
		json_string(json, "name", object->name);
		json_u64(json, "size", object->size);
		json_string(json, "sha256", object->sha256);
		json_string(json, "layout", flat ? "flat" : "stream");
		json_u64(json, "ms", object->ms);
		json_close(json);
	}
	json_close(json);

	json_array(json, "missing");
	for (size_t i = 0; i < manifest->n_missing; i++) {
		json_object(json, NULL);
		json_string(json, "name", manifest->missing[i].name);
		json_string(json, "reason",
			    strerror(-manifest->missing[i].err));
		json_close(json);
	}
	json_close(json);
}

static void write_figures(struct json *json, const struct manifest *manifest,
			  const struct target_stats *stats)
{
	json_object(json, "vmcore");
	json_u64(json, "zero_bytes", manifest->zero_bytes);
	json_close(json);

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

int manifest_write(const struct manifest *manifest, const char *session,
		   struct object *object)
{
	/* As it stands now: the bytes of the manifest itself change it. */
	struct target_stats stats = object->target->stats;
	struct json json;

	json_init(&json, object_sink, object);
	json_object(&json, NULL);
	json_string(&json, "schema", "barecap-manifest");
	json_u64(&json, "version", MANIFEST_SCHEMA_VERSION);
	json_string(&json, "session", session);
	json_string(&json, "result", "complete");
	write_objects(&json, manifest);
	write_figures(&json, manifest, &stats);
	return json_finish(&json);
}
