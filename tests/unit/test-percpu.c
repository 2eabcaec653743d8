// SPDX-License-Identifier: GPL-2.0-or-later
// objects: tests/mkcore.o tests/mkcore-lines.o tests/mkcore-log.o

#include <errno.h>

#include "capture/percpu.h"
#include "tests/tap.h"
#include "tests/unit/kallsyms-image.h"
#include "tests/unit/vmcore-file.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NO_NOTES 0 /* no such symbol */
#define NULL_NOTES 1 /* the pointer is NULL */
#define LOST_NOTES 2 /* the pointer is not in the vmcore */

/* The direct map, where two CPUs have a unit each: an area and the rest. */
#define MAP 0xffff888000000000
#define UNIT 0x3000
#define AREA 0x2000
#define TASK 0xffff888012345680
#define CPUS 150

/* What the kernel is like. */
struct machine {
	enum image_form form;
	uint64_t start; /* __per_cpu_start */
	uint64_t len;
	uint64_t load; /* 0: no such symbol */
	const char *task; /* the name of the per-CPU pointer, or NULL */
	uint64_t task_at; /* in the area */
	uint64_t notes; /* crash_notes, from the area's start; or: */
	uint32_t n_cpus; /* nr_cpu_ids */
	const char *absent; /* a symbol that is not there */
};

/* x86_64 to 6.1, and as it is from 6.2 and from 6.15 on; arm64. */
static const struct machine x86_64 = {
	IMAGE_ABSOLUTE_PERCPU,
	0,
	AREA,
	IMAGE_TEXT + 0x9000,
	"Dcurrent_task",
	0x1008,
	0,
	3,
	NULL,
};
static const struct machine x86_64_hot = {
	IMAGE_ABSOLUTE_PERCPU,
	0,
	AREA,
	IMAGE_TEXT + 0x9000,
	"Dpcpu_hot",
	0,
	0x2400,
	3,
	NULL,
};
static const struct machine x86_64_new = {
	IMAGE_UNSIGNED,
	IMAGE_TEXT + 0x9000,
	AREA,
	0,
	"Dcurrent_task",
	0x1ff8,
	0x2400,
	3,
	NULL,
};
static const struct machine arm64 = {
	IMAGE_UNSIGNED,
	IMAGE_TEXT + 0x9000,
	AREA,
	IMAGE_TEXT + 0x9000,
	"D__entry_task",
	0x20,
	0,
	3,
	NULL,
};

static struct image image;
static struct vmcore core;
/* Offsets that the CPUs have; what is 0 is that of no CPU. */
static uint64_t areas[CPUS];

struct ranges {
	struct {
		uint64_t virt, len;
	} got[CPUS * PERCPU_RANGES_PER_CPU];
	size_t n;
	size_t most;
};

static bool add(void *arg, uint64_t virt, uint64_t len)
{
	struct ranges *ranges = arg;

	ranges->got[ranges->n].virt = virt;
	ranges->got[ranges->n++].len = len;
	return ranges->n < ranges->most;
}

static void put_variables(const struct machine *machine,
			  struct image_symbol *symbols)
{
	uint64_t load = machine->load ? machine->load : machine->start;
	uint64_t notes = machine->start + machine->notes;
	size_t at = image_align(&image, 8);

	if (machine->notes == NULL_NOTES)
		notes = 0;
	for (size_t i = 0; i < CPUS; i++) {
		uint64_t area = areas[i] ? areas[i] : load;
		uint64_t offset = area - machine->start;

		image_put(&image, &offset, sizeof(offset));
	}
	symbols[0] =
		(struct image_symbol){ "D__per_cpu_offset", IMAGE_TEXT + at };
	at = image_put(&image, &machine->n_cpus, 4);
	symbols[1] = (struct image_symbol){ "Dnr_cpu_ids", IMAGE_TEXT + at };
	image_align(&image, 8);
	at = image_put(&image, &notes, sizeof(notes));
	if (machine->notes == LOST_NOTES)
		at += 1 << 24;
	symbols[2] = (struct image_symbol){ "Bcrash_notes", IMAGE_TEXT + at };
}

static void put_kernel(const struct machine *machine)
{
	struct image_symbol symbols[] = {
		{ "T_stext", IMAGE_TEXT },
		{ "D__per_cpu_start", machine->start },
		{ "D__per_cpu_end", machine->start + machine->len },
		{ "D__per_cpu_load", machine->load },
		{ machine->task ? machine->task : "Dnone",
		  machine->start + machine->task_at },
		{ NULL, 0 },
		{ NULL, 0 },
		{ NULL, 0 },
	};

	image_init(&image);
	put_variables(machine, symbols + 5);
	if (!machine->load)
		symbols[3].name = "Dnone";
	if (machine->notes == NO_NOTES)
		symbols[7].name = "Dnone";
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		if (machine->absent &&
		    !strcmp(symbols[i].name + 1, machine->absent))
			symbols[i].name = "Dnone";
	image_kallsyms(&image, machine->form, symbols, ARRAY_SIZE(symbols));
}

/* The kernel, and two units whose tasks are at TASK and behind it. */
static void crash(const struct machine *machine)
{
	static uint64_t units[2][UNIT / 8];
	char *text, *end;

	put_kernel(machine);
	text = image_text(&image);
	end = text + strlen(text);
	end += sprintf(end, "load %#llx 0x8000000\n", (unsigned long long)MAP);
	memset(units, 0, sizeof(units));
	for (size_t i = 0; i < 2 && machine->task_at < UNIT; i++)
		units[i][machine->task_at / 8] = TASK + i * 0x10000;
	image_words_text(end, units, sizeof(units));
	CHECK_INT(vmcore_open(&core, vmcore_file(text)), 0);
	free(text);
}

/* What is said about the machine. */
static int look(const struct machine *machine, struct ranges *ranges)
{
	int ret;

	if (!areas[0] && !areas[2]) {
		areas[0] = MAP;
		areas[2] = MAP + UNIT;
	}
	memset(ranges, 0, sizeof(*ranges));
	ranges->most = SIZE_MAX;
	crash(machine);
	ret = percpu_ranges(&core, &image.info, add, ranges);
	vmcore_close(&core);
	memset(areas, 0, sizeof(areas));
	return ret;
}

static void check(const struct ranges *ranges, size_t i, uint64_t virt,
		  uint64_t len)
{
	CHECK_INT(ranges->got[i].virt, virt);
	CHECK_INT(ranges->got[i].len, len);
}

static void gives_areas_and_tasks(void)
{
	static const struct machine *const machines[] = { &x86_64, &arm64 };
	struct ranges ranges;

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		CHECK_INT(look(machines[i], &ranges), 0);
		CHECK_INT(ranges.n, 4);
		check(&ranges, 0, MAP, AREA);
		check(&ranges, 1, TASK, PERCPU_TASK_LEN);
		check(&ranges, 2, MAP + UNIT, AREA);
		check(&ranges, 3, TASK + 0x10000, PERCPU_TASK_LEN);
	}
}

static void gives_notes_behind_the_area(void)
{
	static const struct machine *const machines[] = { &x86_64_hot,
							  &x86_64_new };
	struct ranges ranges;

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		CHECK_INT(look(machines[i], &ranges), 0);
		CHECK_INT(ranges.n, 6);
		check(&ranges, 0, MAP, AREA);
		check(&ranges, 1, MAP + 0x2400, PERCPU_NOTES_LEN);
		check(&ranges, 2, TASK, PERCPU_TASK_LEN);
		check(&ranges, 4, MAP + UNIT + 0x2400, PERCPU_NOTES_LEN);
		check(&ranges, 5, TASK + 0x10000, PERCPU_TASK_LEN);
	}
}

static void gives_notes_once(void)
{
	struct machine machine = x86_64;
	struct ranges ranges;

	machine.notes = AREA - PERCPU_NOTES_LEN;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.n, 4);
	machine.notes++;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.n, 6);
}

static void goes_without_notes(void)
{
	struct machine machine = x86_64_new;
	struct ranges ranges;

	machine.notes = NULL_NOTES;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.n, 4);
	machine.notes = LOST_NOTES;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.n, 4);
}

static void goes_without_a_task(void)
{
	struct machine machine = x86_64;
	struct ranges ranges;

	/* What would be taken for it is somebody else's. */
	machine.task = NULL;
	machine.task_at = 0;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.n, 2);
	/* A pointer that no CPU has. */
	machine.task = "Dcurrent_task";
	machine.task_at = AREA;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.n, 2);
	/* The area is not in the vmcore. */
	areas[0] = MAP + 0x100000;
	CHECK_INT(look(&x86_64, &ranges), 0);
	CHECK_INT(ranges.n, 1);
	check(&ranges, 0, MAP + 0x100000, AREA);
}

static void knows_many_cpus(void)
{
	struct machine machine = x86_64;
	struct ranges ranges;

	machine.n_cpus = CPUS;
	for (size_t i = 0; i < CPUS; i++)
		areas[i] = MAP + 0x100000 + i * UNIT;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.n, CPUS);
	for (size_t i = 0; i < CPUS; i++)
		check(&ranges, i, MAP + 0x100000 + i * UNIT, AREA);
}

static void leaves_out_what_is_not_the_kernels(void)
{
	struct ranges ranges;

	areas[0] = 0x7ffffffff000;
	areas[1] = MAP + UNIT;
	areas[2] = -0x1ff8ULL;
	CHECK_INT(look(&x86_64, &ranges), 0);
	CHECK_INT(ranges.n, 2);
	check(&ranges, 0, MAP + UNIT, AREA);
	check(&ranges, 1, TASK + 0x10000, PERCPU_TASK_LEN);
}

static void ends_when_it_is_told_to(void)
{
	struct ranges ranges = { .most = 1 };

	for (ranges.most = 1; ranges.most <= 6; ranges.most++) {
		areas[0] = MAP;
		areas[1] = MAP + UNIT;
		ranges.n = 0;
		crash(&x86_64_hot);
		CHECK_INT(percpu_ranges(&core, &image.info, add, &ranges), 0);
		CHECK_INT(ranges.n, ranges.most);
		vmcore_close(&core);
	}
	memset(areas, 0, sizeof(areas));
}

static void says_which_kernels_it_does_not_know(void)
{
	static const char *const needed[] = { "__per_cpu_start",
					      "__per_cpu_end",
					      "__per_cpu_offset",
					      "nr_cpu_ids" };
	struct machine machine = x86_64;
	struct ranges ranges;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		machine.absent = needed[i];
		CHECK_INT(look(&machine, &ranges), -ENODATA);
	}
	machine.absent = "_stext";
	CHECK_INT(look(&machine, &ranges), -EBADMSG);
	CHECK_INT(ranges.n, 0);
}

static void rejects_what_cannot_be(void)
{
	struct machine machine = x86_64;
	struct ranges ranges;

	machine.n_cpus = 0;
	CHECK_INT(look(&machine, &ranges), -EBADMSG);
	machine.n_cpus = PERCPU_CPUS_MAX + 1;
	CHECK_INT(look(&machine, &ranges), -EBADMSG);
	machine = x86_64;
	machine.len = 0;
	CHECK_INT(look(&machine, &ranges), -EBADMSG);
	machine.len = PERCPU_AREA_MAX + 1;
	CHECK_INT(look(&machine, &ranges), -EBADMSG);
	CHECK_INT(ranges.n, 0);
	machine.len = PERCPU_AREA_MAX;
	CHECK_INT(look(&machine, &ranges), 0);
	CHECK_INT(ranges.got[0].len, PERCPU_AREA_MAX);
}

int main(void)
{
	RUN(gives_areas_and_tasks);
	RUN(gives_notes_behind_the_area);
	RUN(gives_notes_once);
	RUN(goes_without_notes);
	RUN(goes_without_a_task);
	RUN(knows_many_cpus);
	RUN(leaves_out_what_is_not_the_kernels);
	RUN(ends_when_it_is_told_to);
	RUN(says_which_kernels_it_does_not_know);
	RUN(rejects_what_cannot_be);
	return tap_done();
}
