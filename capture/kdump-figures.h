/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What manifest.json says of a vmcore in the kdump format. */
#ifndef CAPTURE_KDUMP_FIGURES_H
#define CAPTURE_KDUMP_FIGURES_H

#include "capture/filter.h"
#include "capture/json.h"
#include "capture/kdump-writer.h"

/* The members of the object that is open, without its brackets. */
void kdump_figures_write(const struct kdump_figures *figures,
			 struct json *json);

/* The classes of a filter, likewise; why is NULL when there were any. */
void filter_stats_write(const struct filter_stats *stats, const char *why,
			struct json *json);

#endif
