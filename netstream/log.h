/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line per event on standard error, lower case, no full stop:
 * "object: what happened: reason".  Each line is one write(2).
 *
 * When standard error is the kernel log (/dev/kmsg, a character device) or
 * the journal (JOURNAL_STREAM), the line starts with "<N>", the printk level.
 * A kmsg record holds at most 1024 bytes with its prefix, longer writes fail,
 * so a line is cut at LOG_LINE_MAX.
 */
#ifndef NETSTREAM_LOG_H
#define NETSTREAM_LOG_H

#define LOG_LINE_MAX 960

/* printk's levels (include/linux/kern_levels.h). */
enum log_level {
	LOG_LEVEL_ERR = 3,
	LOG_LEVEL_WARN = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* The program's name becomes the prefix "name: "; asks fd 2 what it is. */
void log_init(const char *program);

/*
 * Lines above this level are dropped; LOG_LEVEL_INFO from the start.  Returns
 * the level before.
 */
enum log_level log_set_level(enum log_level level);

void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_err(...) log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
