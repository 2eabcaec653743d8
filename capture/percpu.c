// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>

#include "capture/kallsyms.h"
#include "capture/percpu.h"

/* Offsets of CPUs that are read at a time. */
#define OFFSETS_READ 64
/* Virtual addresses of the kernel have it, on both architectures. */
#define KERNEL_HALF (1ULL << 63)

enum symbol {
	PER_CPU_START,
	PER_CPU_END,
	PER_CPU_LOAD,
	PER_CPU_OFFSET,
	NR_CPU_IDS,
	CRASH_NOTES,
	CURRENT_TASK,
	PCPU_HOT,
	ENTRY_TASK,
	N_SYMBOLS
};

/* What is the same for every CPU: places in an area, counted as its start is. */
struct percpu {
	struct vmcore *core;
	uint64_t start;
	uint64_t len;
	uint64_t load; /* what the areas are copies of */
	uint64_t offsets; /* of the areas, by CPU */
	uint32_t n_cpus;
	uint64_t notes; /* behind the area, as a rule; if has_notes */
	uint64_t task; /* a pointer in the area; if has_task */
	bool has_notes;
	bool has_task;
	percpu_range range;
	void *arg;
};

static bool in_area(const struct percpu *percpu, uint64_t place, uint64_t len)
{
	return len <= percpu->len && place - percpu->start <= percpu->len - len;
}

/* crash_notes is a pointer to what alloc_percpu() gave. */
static int find_notes(struct percpu *percpu,
		      const struct kallsyms_symbol *symbol)
{
	int ret;

	if (!symbol->found)
		return 0;
	ret = vmcore_read_virt(percpu->core, symbol->value, &percpu->notes,
			       sizeof(percpu->notes));
	if (ret < 0)
		return ret == -EFAULT ? 0 : ret;
	percpu->has_notes = percpu->notes &&
			    !in_area(percpu, percpu->notes, PERCPU_NOTES_LEN);
	return 0;
}

static void find_task(struct percpu *percpu,
		      const struct kallsyms_symbol *symbols)
{
	for (int i = CURRENT_TASK; i <= ENTRY_TASK; i++) {
		if (symbols[i].found &&
		    in_area(percpu, symbols[i].value, sizeof(uint64_t))) {
			percpu->task = symbols[i].value;
			percpu->has_task = true;
			return;
		}
	}
}

static int find_places(struct percpu *percpu, const struct vmcoreinfo *info)
{
	struct kallsyms_symbol symbols[N_SYMBOLS] = {
		[PER_CPU_START] = { .name = "__per_cpu_start" },
		[PER_CPU_END] = { .name = "__per_cpu_end" },
		[PER_CPU_LOAD] = { .name = "__per_cpu_load" },
		[PER_CPU_OFFSET] = { .name = "__per_cpu_offset" },
		[NR_CPU_IDS] = { .name = "nr_cpu_ids" },
		[CRASH_NOTES] = { .name = "crash_notes" },
		[CURRENT_TASK] = { .name = "current_task" },
		[PCPU_HOT] = { .name = "pcpu_hot" },
		[ENTRY_TASK] = { .name = "__entry_task" },
	};
	int ret;

	ret = kallsyms_find(percpu->core, info, symbols, N_SYMBOLS);
	if (ret < 0)
		return ret;
	if (!symbols[PER_CPU_START].found || !symbols[PER_CPU_END].found ||
	    !symbols[PER_CPU_OFFSET].found || !symbols[NR_CPU_IDS].found)
		return -ENODATA;
	percpu->start = symbols[PER_CPU_START].value;
	percpu->len = symbols[PER_CPU_END].value - percpu->start;
	percpu->offsets = symbols[PER_CPU_OFFSET].value;
	/* Where the linker script has no such, the two are the same. */
	percpu->load = symbols[PER_CPU_LOAD].found ? symbols[PER_CPU_LOAD].value
						   : percpu->start;
	if (!percpu->len || percpu->len > PERCPU_AREA_MAX)
		return -EBADMSG;
	ret = vmcore_read_virt(percpu->core, symbols[NR_CPU_IDS].value,
			       &percpu->n_cpus, sizeof(percpu->n_cpus));
	if (ret < 0)
		return ret;
	if (!percpu->n_cpus || percpu->n_cpus > PERCPU_CPUS_MAX)
		return -EBADMSG;
	find_task(percpu, symbols);
	return find_notes(percpu, &symbols[CRASH_NOTES]);
}

static bool kernel_range(const struct percpu *percpu, uint64_t virt,
			 uint64_t len)
{
	if (virt < KERNEL_HALF || len > -virt)
		return true;
	return percpu->range(percpu->arg, virt, len);
}

/* 1: go on; 0: the caller has enough; or -errno. */
static int cpu_ranges(const struct percpu *percpu, uint64_t offset)
{
	uint64_t task;
	int ret;

	/* A CPU that there cannot be: its offset is still that of the image. */
	if (percpu->start + offset == percpu->load)
		return 1;
	if (!kernel_range(percpu, percpu->start + offset, percpu->len))
		return 0;
	if (percpu->has_notes &&
	    !kernel_range(percpu, percpu->notes + offset, PERCPU_NOTES_LEN))
		return 0;
	if (!percpu->has_task)
		return 1;
	ret = vmcore_read_virt(percpu->core, percpu->task + offset, &task,
			       sizeof(task));
	if (ret < 0)
		return ret == -EFAULT ? 1 : ret;
	return kernel_range(percpu, task, PERCPU_TASK_LEN);
}

int percpu_ranges(struct vmcore *core, const struct vmcoreinfo *info,
		  percpu_range range, void *arg)
{
	struct percpu percpu = { .core = core, .range = range, .arg = arg };
	uint64_t offsets[OFFSETS_READ];
	int ret;

	ret = find_places(&percpu, info);
	if (ret < 0)
		return ret;
	for (uint32_t cpu = 0; cpu < percpu.n_cpus; cpu++) {
		uint32_t i = cpu % OFFSETS_READ, n = percpu.n_cpus - cpu;

		if (n > OFFSETS_READ)
			n = OFFSETS_READ;
		if (i == 0)
			ret = vmcore_read_virt(core, percpu.offsets + cpu * 8,
					       offsets, n * 8);
		if (ret < 0)
			return ret;
		ret = cpu_ranges(&percpu, offsets[i]);
		if (ret <= 0)
			return ret;
	}
	return 0;
}
