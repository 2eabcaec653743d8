/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contents of the kdump format's header and sub-header. */
#ifndef CAPTURE_KDUMP_HEADER_H
#define CAPTURE_KDUMP_HEADER_H

#include "capture/kdump.h"
#include "capture/session.h"

/* Status: flags of the codecs in use, and KDUMP_INCOMPLETE. */
void kdump_header(const struct session *session,
		  const struct kdump_layout *layout, uint32_t status,
		  struct kdump_header *ret);

/* The header that makes an unfinished file a dump: the file's first bytes. */
int kdump_incomplete_header(const struct session *session,
			    struct kdump_header *ret);

/* Level: what was left out, which is not what was asked for as a rule. */
void kdump_sub_header(const struct session *session,
		      const struct kdump_layout *layout, unsigned int level,
		      struct kdump_sub_header *ret);

#endif
