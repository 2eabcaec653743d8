// SPDX-License-Identifier: GPL-2.0-or-later

#include "capture/kdump-figures.h"

void filter_stats_write(const struct filter_stats *stats, const char *why,
			struct json *json)
{
	json_object(json, "filter");
	json_string(json, "off_because", why);
	for (int i = 0; i < PAGE_CLASSES; i++)
		json_u64(json, page_class_names[i], stats->pages[i]);
	json_u64(json, "no_section", stats->no_section);
	json_u64(json, "unreadable", stats->unreadable);
	if (stats->unreadable)
		json_u64(json, "first_unreadable", stats->first_unreadable);
	json_close(json);
}

static void write_shares(const struct kdump_figures *figures, struct json *json)
{
	char name[CODEC_NAME_LEN];

	json_array(json, "codecs");
	for (size_t i = 0; i < figures->n_shares; i++) {
		const struct kdump_share *share = &figures->shares[i];

		codec_name(name, &share->choice);
		json_object(json, NULL);
		json_string(json, "codec", name);
		json_u64(json, "pages", share->pages);
		json_u64(json, "bytes", share->source_len);
		json_u64(json, "stored", share->stored_len);
		json_u64(json, "ms", share->ns / 1000000);
		json_close(json);
	}
	json_close(json);
}

void kdump_figures_write(const struct kdump_figures *figures, struct json *json)
{
	json_u64(json, "threads", figures->n_threads);
	json_object(json, "pages");
	json_u64(json, "memory", figures->pages);
	json_u64(json, "kept", figures->kept);
	json_u64(json, "zero", figures->zero);
	json_u64(json, "early", figures->early);
	json_u64(json, "raw", figures->raw);
	json_u64(json, "unreadable", figures->unreadable);
	json_u64(json, "changed", figures->changed);
	if (figures->incomplete)
		json_u64(json, "not_sent", figures->not_sent);
	json_close(json);
	filter_stats_write(&figures->filter,
			   figures->why[0] ? figures->why : NULL, json);
	write_shares(figures, json);
}
