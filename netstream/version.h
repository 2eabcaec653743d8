/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NETSTREAM_VERSION_H
#define NETSTREAM_VERSION_H

#define BARECAP_VERSION "0.1"

#endif
