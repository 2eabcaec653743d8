// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "capture/device-dumps.h"
#include "capture/dmesg.h"
#include "capture/elf.h"
#include "capture/encoder.h"
#include "capture/kdump-writer.h"
#include "capture/kmsg.h"
#include "capture/manifest.h"
#include "capture/pace.h"
#include "capture/send.h"
#include "netstream/io.h"
#include "netstream/log.h"
#include "netstream/procfs.h"

#define PROGRESS_MS 10000
/* Memory is looked at once per so many bytes of the vmcore. */
#define SAMPLE_LEN (16U << 20)

/* Bytes of the vmcore between two looks at the clock, and what follows it. */
#define PARTIAL_PIECE VMCORE_WINDOW_LEN
#define PARTIAL_REST (256U << 10)
_Static_assert(ENCODER_BATCH_LEN <= PARTIAL_PIECE, "a batch is no more");

struct sender {
	struct session *session;
	const struct config *config;
	struct delivery *delivery;
	struct target *target;
	uint64_t partial_ms; /* as in struct sending */
	struct pace pace;
	struct manifest *manifest;
	const struct device_dump *dump; /* that is being sent */
	struct device_dump_content content; /* of its object */
	uint64_t progress_ms; /* when progress was logged */
	uint64_t sample_off; /* when memory is looked at again */
};

/*
 * Is it time to come to an end?  Only the caller's thread may ask, and the
 * answer stays the same from the first yes on.
 */
static bool enough(void *arg)
{
	struct sender *sender = arg;
	struct manifest *manifest = sender->manifest;
	const struct target *target = sender->target;
	uint64_t on_way =
		target->on_way ? target->on_way : target->stats.chunk_size;
	uint64_t now = now_ms(), need;

	if (manifest->partial || !sender->partial_ms)
		return manifest->partial;
	need = pace_need_ms(&sender->pace, now, target->stats.acked,
			    on_way + PARTIAL_PIECE + PARTIAL_REST);
	if (now + need >= sender->partial_ms)
		manifest->partial = -ETIMEDOUT;
	return manifest->partial;
}

static int write_session(struct sender *sender, struct object *object)
{
	return session_write(sender->session, sender->manifest->format, object);
}

static int write_dmesg(struct sender *sender, struct object *object)
{
	struct session *session = sender->session;

	if (!session->info.text)
		return -ENODATA;
	return dmesg_write(&session->core, &session->info, object_sink, object);
}

static int write_dump(struct sender *sender, struct object *object)
{
	manifest_sample(sender->manifest);
	return device_dump_write(sender->dump, &sender->session->core, object,
				 &sender->content);
}

/* How far it is in bytes of the file or of the memory, and of how many. */
static void progress(struct sender *sender, uint64_t off, uint64_t end)
{
	uint64_t now = now_ms();

	if (off >= sender->sample_off) {
		manifest_sample(sender->manifest);
		sender->sample_off = off + SAMPLE_LEN;
	}
	if (now - sender->progress_ms < PROGRESS_MS)
		return;
	sender->progress_ms = now;
	log_notice("vmcore: %" PRIu64 " of %" PRIu64 " MiB", off >> 20,
		   end >> 20);
}

static void elf_progressed(void *arg, uint64_t off)
{
	struct sender *sender = arg;

	progress(sender, off, sender->session->plan.size);
}

static void kdump_progressed(void *arg, uint64_t pfn)
{
	struct sender *sender = arg;
	const struct memory *memory = &sender->session->memory;

	progress(sender, pfn << memory->page_shift,
		 memory->max_pfn << memory->page_shift);
}

/* As many as the machine has and as half of the free memory lets work. */
static unsigned int thread_count(const struct config *config)
{
	uint64_t room =
		meminfo_kb("MemAvailable") * 1024 / 2 / ENCODER_THREAD_MEMORY;
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t n = config->threads;

	if (!n)
		n = online > 0 ? (uint64_t)online : 1;
	if (n > ENCODER_THREADS_MAX)
		n = ENCODER_THREADS_MAX;
	if (n > room)
		n = room;
	return n ? (unsigned int)n : 1;
}

static int write_elf(struct sender *sender, struct object *object)
{
	int ret;

	ret = session_filter(sender->session,
			     (unsigned int)sender->config->dump_level);
	if (ret < 0)
		return ret;
	return elf_copy(&sender->session->plan, object, elf_progressed, sender,
			&sender->manifest->elf);
}

static int write_kdump(struct sender *sender, struct object *object)
{
	const struct config *config = sender->config;
	const struct kdump_options options = {
		.level = (unsigned int)config->dump_level,
		.adaptive = config->adaptive,
		.choice = config->compression,
		.n_threads = thread_count(config),
		.kept_bits = KDUMP_KEPT_BITS_MAX,
	};

	return kdump_write(sender->session, &options, object, kdump_progressed,
			   sender, &sender->manifest->kdump);
}

static int write_vmcore(struct sender *sender, struct object *object)
{
	struct manifest *manifest = sender->manifest;

	sender->progress_ms = now_ms();
	manifest->vmcore_start_ms = sender->progress_ms;
	if (manifest->format == FORMAT_ELF)
		return write_elf(sender, object);
	return write_kdump(sender, object);
}

/* A vmcore from a disk has nothing to do with the log of this machine. */
static bool is_live(const struct sender *sender)
{
	return sender->session->live;
}

static int write_kmsg(struct sender *sender, struct object *object)
{
	(void)sender;
	return kmsg_write(object_sink, object);
}

static int write_manifest(struct sender *sender, struct object *object)
{
	manifest_sample(sender->manifest);
	return manifest_write(sender->manifest, object);
}

/* In the order in which they are sent. */
static const struct step {
	const char *name; /* NULL: one object per device dump, with its name */
	enum object_layout layout;
	int (*write)(struct sender *sender, struct object *object);
	bool (*wanted)(const struct sender *sender); /* NULL: always */
	bool optional; /* the session is complete without it */
	bool brief; /* there is time for it when there is for nothing else */
} steps[] = {
	{ .name = "session.json", .write = write_session, .brief = true },
	{ .name = "vmcore-dmesg.txt", .write = write_dmesg, .optional = true },
	{ .write = write_dump, .optional = true },
	{ .name = "vmcore", .layout = OBJECT_RECORDS, .write = write_vmcore },
	{ .name = "kexec-dmesg.log",
	  .write = write_kmsg,
	  .wanted = is_live,
	  .optional = true,
	  .brief = true },
	{ .name = "manifest.json", .write = write_manifest, .brief = true },
};

/* Has an earlier try begun it, and not ended? */
static bool is_unfinished(const struct sender *sender, const char *name)
{
	const char *unfinished = sender->delivery->unfinished;

	return unfinished && !strcmp(unfinished, name);
}

/* It has arrived, whole or, with an error of its source, cut short. */
static void note_object(struct sender *sender, const struct step *step,
			const struct object_result *result, int err)
{
	struct manifest *manifest = sender->manifest;

	if (is_unfinished(sender, result->name))
		sender->delivery->unfinished = NULL;
	manifest_add(manifest, result, sender->dump, &sender->content);
	if (err < 0)
		manifest_missing(manifest, result->name, err);
	if (step->layout == OBJECT_RECORDS)
		manifest->vmcore_end_ms = now_ms();
	log_notice("%s: %" PRIu64 " bytes sent%s", result->name, result->size,
		   err < 0 ? ", cut short" : "");
}

/* It is not begun any more; but what an earlier try has left stays as it is. */
static int leave_out(struct sender *sender, const char *name)
{
	if (is_unfinished(sender, name)) {
		log_err("%s: no time to begin it again", name);
		return -ETIMEDOUT;
	}
	log_notice("%s: not sent", name);
	manifest_missing(sender->manifest, name, -ECANCELED);
	return 0;
}

/* What broke off may be ended as it is: the error of its source, or 0. */
static int may_be_cut(struct sender *sender, const struct step *step,
		      const struct object *object, int err)
{
	struct manifest *manifest = sender->manifest;
	bool incomplete = manifest->format == FORMAT_ELF
				  ? manifest->elf.incomplete
				  : manifest->kdump.incomplete;

	if (err == 0 || object->err)
		return 0;
	if (step->layout != OBJECT_RECORDS)
		return step->optional ? err : 0;
	if (!incomplete)
		return 0;
	if (err != -ECANCELED)
		manifest->partial = err;
	return err;
}

/*
 * When it was not enough() that has cut an object, the target has no room for
 * more of it: then another one may have.
 */
static int check_room(struct sender *sender, struct object *object, int err)
{
	if (err != -ECANCELED || sender->manifest->partial)
		return err;
	log_warn("%s: no room for more than %" PRIu64 " bytes", object->name,
		 object->target->room);
	if (sender->partial_ms)
		sender->manifest->partial = -EFBIG;
	else
		object->err = err = -EFBIG;
	return err;
}

/* Of an object that has not been there yet. */
static int send_new(struct sender *sender, const struct step *step,
		    struct object *object, enum part *part)
{
	const char *name = object->name;
	struct object_result result;
	int ret, cut;

	ret = check_room(sender, object, step->write(sender, object));
	cut = may_be_cut(sender, step, object, ret);
	if (cut < 0 && !object->begun) {
		log_notice("%s: not sent", name);
		manifest_missing(sender->manifest, name, cut);
		return 0;
	}
	if (ret < 0 && !cut)
		*part = object->err ? PART_TARGET : PART_VMCORE;
	else
		ret = object_end(object, &result);
	if (!ret)
		note_object(sender, step, &result, cut);
	else if (object->begun)
		sender->delivery->unfinished = name;
	return ret;
}

static int send_object(struct sender *sender, const struct step *step,
		       const char *name, enum part *part)
{
	struct object object;
	int ret;

	*part = PART_TARGET;
	if (manifest_has(sender->manifest, name))
		return 0;
	pace_init(&sender->pace, now_ms(), sender->target->stats.acked);
	if (!step->brief && enough(sender))
		return leave_out(sender, name);
	ret = object_init(&object, sender->target, name, step->layout);
	if (ret < 0)
		return ret;
	if (!step->brief) {
		object.enough = enough;
		object.enough_arg = sender;
	}
	ret = send_new(sender, step, &object, part);
	object_free(&object);
	return ret;
}

static int send_dumps(struct sender *sender, const struct step *step,
		      enum part *part)
{
	const struct device_dumps *dumps = &sender->session->dumps;
	int ret = 0;

	for (size_t i = 0; i < dumps->n && !ret; i++) {
		sender->dump = &dumps->list[i];
		ret = send_object(sender, step, sender->dump->object, part);
	}
	sender->dump = NULL;
	return ret;
}

static int send_steps(struct sender *sender, enum part *part)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !ret; i++) {
		const struct step *step = &steps[i];

		if (step->wanted && !step->wanted(sender))
			continue;
		if (step->name)
			ret = send_object(sender, step, step->name, part);
		else
			ret = send_dumps(sender, step, part);
	}
	return ret;
}

/* ELF where the other one cannot be: no dump is lost for its form. */
static enum dump_format choose_format(const struct session *session,
				      const struct config *config)
{
	struct kdump_layout layout;

	if (config->format == FORMAT_ELF || !session->memory.n_ranges ||
	    kdump_layout(&layout, &session->memory, &session->plan) < 0)
		return FORMAT_ELF;
	return FORMAT_KDUMP;
}

/* What earlier tries have cost counts too; the chunk is this try's. */
static void add_stats(struct target_stats *stats,
		      const struct target_stats *before)
{
	stats->sent += before->sent;
	stats->acked += before->acked;
	stats->resent += before->resent;
	stats->retries += before->retries;
	if (before->first_ack_ms)
		stats->first_ack_ms = before->first_ack_ms;
}

/* All that enough() does not say. */
static bool is_bad_vmcore(int partial)
{
	return partial && partial != -ETIMEDOUT && partial != -EFBIG;
}

int send_session(const struct sending *sending,
		 const struct target_config *target_config, enum part *part)
{
	struct delivery *delivery = sending->delivery;
	struct sender sender = {
		.session = sending->session,
		.config = sending->config,
		.delivery = delivery,
		.manifest = sending->manifest,
		.partial_ms = sending->partial_ms,
	};
	int ret;

	*part = PART_TARGET;
	sender.manifest->format = choose_format(sender.session, sender.config);
	ret = target_open(&sender.target, delivery->url, target_config,
			  sender.session->id);
	if (ret < 0)
		return ret;
	add_stats(&sender.target->stats, &delivery->stats);
	ret = send_steps(&sender, part);
	if (!ret && is_bad_vmcore(sender.manifest->partial))
		*part = PART_VMCORE;
	delivery->stats = sender.target->stats;
	target_close(sender.target);
	return ret;
}
