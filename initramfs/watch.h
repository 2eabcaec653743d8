/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The feeder of all watchdogs.  Init says on its standard input what it is at:
 *
 *	stage NAME SECONDS [STALL]	may take so long, 0 = for ever; with
 *					STALL so long without progress
 *	watchdog SECONDS		bites after so long; 0: is not used
 *
 * While the stage is inside its limits they are fed, once a second.
 * When it is not the machine is reset by sysrq-b, and if that does not help
 * they bite: they are never fed again.  They bite too when the feeder or
 * the kernel is dead.
 */
#ifndef INITRAMFS_WATCH_H
#define INITRAMFS_WATCH_H

/* Paths start with root; does not return. */
void watch(const char *root, const char *progress);

#endif
