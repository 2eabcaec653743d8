/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What init has to know of the configuration: "vmcapture --settings" prints a
 * line NAME=VALUE for each.  Values are numbers, words, or absolute paths of
 * letters, digits and "/._+-": nothing that a shell would look at twice.
 */
#ifndef CAPTURE_SETTINGS_H
#define CAPTURE_SETTINGS_H

#include <stdio.h>

#include "capture/config.h"

/* Logs a path that cannot be printed; what is not set has an empty value. */
void settings_print(const struct config *config, FILE *out);

#endif
