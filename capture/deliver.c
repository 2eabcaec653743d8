// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/deliver.h"
#include "capture/manifest.h"
#include "capture/modload.h"
#include "capture/send.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "netstream/retry.h"

#define PAUSE_SLICE_MS 2000

/* What a target does not change its mind about; all else may pass. */
static const int final_errors[] = {
	EACCES,	      EEXIST, EFBIG,	       EINVAL, EISDIR,	ELOOP,
	ENAMETOOLONG, ENODEV, ENOENT,	       ENOSYS, ENOTDIR, EOPNOTSUPP,
	EPERM,	      EPROTO, EPROTONOSUPPORT, EROFS,
};

static bool is_final(int err)
{
	for (size_t i = 0; i < sizeof(final_errors) / sizeof(int); i++)
		if (final_errors[i] == -err)
			return true;
	return false;
}

/* Neither a user's name and password nor the arguments of a query. */
static void set_name(struct delivery *delivery)
{
	const char *url = delivery->url;
	const char *host = strstr(url, "://");
	const char *at;
	size_t n = 0;

	host = host ? host + 3 : url;
	at = memchr(host, '@', strcspn(host, "/?#"));
	for (const char *p = url; *p && *p != '?' && *p != '#'; p++) {
		if (at && p == host)
			p = at + 1;
		if (!*p || n == sizeof(delivery->name) - 1)
			break;
		delivery->name[n++] = *p;
	}
	delivery->name[n] = '\0';
}

void deliver_init(struct deliver *deliver, char *const *urls, size_t n,
		  uint64_t now, uint64_t deadline_ms)
{
	uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
	uint64_t margin = left / DELIVER_MARGIN_PART;

	if (margin < DELIVER_MARGIN_MIN_MS)
		margin = DELIVER_MARGIN_MIN_MS;
	if (margin > DELIVER_MARGIN_MAX_MS)
		margin = DELIVER_MARGIN_MAX_MS;
	if (margin > left / DELIVER_MARGIN_PART_MAX)
		margin = left / DELIVER_MARGIN_PART_MAX;
	*deliver = (struct deliver){
		.n = n,
		.deadline_ms = deadline_ms,
		.margin_ms = margin,
	};
	for (size_t i = 0; i < n; i++) {
		deliver->list[i].url = urls[i];
		set_name(&deliver->list[i]);
	}
}

/* Targets from this one on that have not refused. */
static size_t count_open(const struct deliver *deliver, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < deliver->n; i++)
		n += !deliver->list[i].refused;
	return n;
}

static int try_target(struct deliver *deliver, size_t i, uint64_t now,
		      const struct deliver_ops *ops, void *arg, enum part *part)
{
	struct delivery *delivery = &deliver->list[i];
	uint64_t left = deliver->deadline_ms - now;
	size_t n = count_open(deliver, i);
	const struct deliver_try how = {
		.end_ms = n == 1 ? deliver->deadline_ms : now + left / n,
		.last = n == 1,
		.only = count_open(deliver, 0) == 1,
	};
	int ret;

	delivery->tries++;
	delivery->try_ms = now;
	ret = ops->send(arg, delivery, &how, part);
	delivery->err = ret < 0 ? ret : 0;
	delivery->ms += ops->now(arg) - now;
	if (ret >= 0 || *part != PART_TARGET)
		return ret;
	delivery->refused = is_final(ret);
	log_warn("target %s: given up%s", delivery->name,
		 delivery->refused ? " for good" : "");
	return ret;
}

/* False when there is no time for another round. */
static bool pause_round(const struct deliver *deliver, unsigned int round,
			const struct deliver_ops *ops, void *arg)
{
	uint64_t pause = DELIVER_PAUSE_MAX_MS;
	uint64_t now = ops->now(arg);

	if (round < 8 && DELIVER_PAUSE_MS << round < DELIVER_PAUSE_MAX_MS)
		pause = DELIVER_PAUSE_MS << round;
	if (now + pause + deliver->margin_ms >= deliver->deadline_ms)
		return false;
	log_notice("all targets again in %u s", (unsigned int)(pause / 1000));
	ops->sleep(arg, pause);
	return true;
}

int deliver_rounds(struct deliver *deliver, const struct deliver_ops *ops,
		   void *arg, enum part *part)
{
	int ret = -ETIMEDOUT;

	*part = PART_TARGET;
	for (unsigned int round = 0; count_open(deliver, 0); round++) {
		if (round && !pause_round(deliver, round - 1, ops, arg))
			break;
		for (size_t i = 0; i < deliver->n; i++) {
			uint64_t now = ops->now(arg);

			if (deliver->list[i].refused)
				continue;
			if (now >= deliver->deadline_ms)
				return ret;
			ret = try_target(deliver, i, now, ops, arg, part);
			if (ret >= 0 || *part != PART_TARGET)
				return ret;
		}
	}
	return ret;
}

/* The real thing: a clock, a network, and a manifest for each target. */
struct delivering {
	struct deliver deliver;
	struct session *session;
	const struct config *config;
	uint64_t start_ms;
	struct target_config target_config; /* what does not change */
	struct manifest manifests[CONFIG_TARGETS_MAX];
	int partial; /* what has cut the session short; 0: it is complete */
};

static uint64_t real_now(void *arg)
{
	(void)arg;
	return now_ms();
}

/* Init hears that this is a pause. */
static void real_sleep(void *arg, uint64_t ms)
{
	const struct delivering *d = arg;

	for (; ms > PAUSE_SLICE_MS; ms -= PAUSE_SLICE_MS) {
		target_progress(&d->target_config, 0);
		retry_sleep(PAUSE_SLICE_MS);
	}
	retry_sleep(ms);
}

static int real_send(void *arg, struct delivery *delivery,
		     const struct deliver_try *how, enum part *part)
{
	struct delivering *d = arg;
	struct manifest *manifest = &d->manifests[delivery - d->deliver.list];
	struct target_config target_config = d->target_config;
	const struct sending sending = {
		.session = d->session,
		.config = d->config,
		.delivery = delivery,
		.manifest = manifest,
		.partial_ms = how->last ? d->deliver.deadline_ms -
						  d->deliver.margin_ms
					: 0,
	};
	int ret;

	log_info("target %s", delivery->name);
	*part = PART_TARGET;
	if (!manifest->objects) {
		ret = manifest_init(manifest, d->session, d->start_ms);
		if (ret < 0)
			return ret;
		manifest->deliveries = d->deliver.list;
		manifest->n_deliveries = d->deliver.n;
		manifest->delivery = delivery;
	}
	target_config.deadline_ms = how->end_ms;
	target_config.patient = how->only;
	target_config.unfinished = delivery->unfinished;
	ret = send_session(&sending, &target_config, part);
	d->partial = manifest->partial;
	return ret;
}

/* But for what each try has of its own. */
static struct target_config make_config(const struct config *config,
					const char *progress)
{
	return (struct target_config){
		.ca = config->ca,
		.cert = config->cert,
		.key = config->key,
		.chunk_size = config->chunk_size,
		.chunk_checksum = config->chunk_checksum,
		.no_digest = config->no_digest,
		.stall_ms = config->stall_timeout * 1000,
		.addresses = config->addresses,
		.n_addresses = config->n_addresses,
		.progress = progress,
		.nfs_options = config->nfs_options,
		.load_module = modload_for_target,
		.load_module_arg = config,
		.s3_endpoint = config->s3_endpoint,
		.s3_region = config->s3_region,
		.s3_credentials = config->s3_credentials,
		.s3_ca = config->s3_ca,
		.s3_max_parts = config->s3_max_parts,
	};
}

static void log_result(const struct delivering *d, int ret)
{
	const char *id = d->session->id;

	if (ret < 0)
		log_err("session %s: not complete", id);
	else if (d->partial)
		log_warn("session %s: partial", id);
	else
		log_notice("session %s: complete", id);
}

int deliver_session(struct session *session, const struct config *config,
		    const char *progress, uint64_t start_ms)
{
	static const struct deliver_ops ops = {
		.now = real_now,
		.sleep = real_sleep,
		.send = real_send,
	};
	struct delivering *d = calloc(1, sizeof(*d));
	enum part part;
	int ret;

	if (!d) {
		log_err("no memory to deliver");
		return exit_status(PART_TARGET, -ENOMEM);
	}
	d->session = session;
	d->config = config;
	d->start_ms = start_ms;
	d->target_config = make_config(config, progress);
	deliver_init(&d->deliver, config->targets, config->n_targets, now_ms(),
		     start_ms + config->deadline * 1000);
	log_notice("session %s: start", session->id);
	ret = deliver_rounds(&d->deliver, &ops, d, &part);
	log_result(d, ret);
	if (!ret && d->partial)
		ret = part == PART_VMCORE ? d->partial : -ETIMEDOUT;
	for (size_t i = 0; i < config->n_targets; i++)
		manifest_free(&d->manifests[i]);
	free(d);
	return exit_status(part, ret);
}
