/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_VERSION_H
#define CAPTURE_VERSION_H

#define BARECAP_VERSION "0.1"

#endif
