# SPDX-License-Identifier: GPL-2.0-or-later
# One non-recursive makefile; every code folder adds its own build.mk.
# `make help` lists the targets; settings that are yours go to config.mk.

O ?= build
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/barecap
DL ?= $(CACHE)/dl
CC = gcc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
SOURCE_DATE_EPOCH ?= 1767225600
-include config.mk

export SOURCE_DATE_EPOCH
# Settings of ours mean other things to the makefiles of others.
MAKEOVERRIDES =
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

# A line for what takes time; what takes a moment shows up only on a terminal,
# on one line that the next one overwrites.
ifeq ($(V),1)
say = @:
moment = @:
else ifdef MAKE_TERMOUT
Q = @
say = @printf '  %-7s %s\033[K\n' $(1) $(2)
moment = @printf '  %-7s %.60s\033[K\r' $(1) $(2)
else
Q = @
say = @printf '  %-7s %s\n' $(1) $(2)
moment = @:
endif

warnings = -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla $(WERROR)
cflags = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -MMD -MP -I. \
	 $(warnings) -fstack-protector-strong
asan = -fsanitize=address,undefined -fno-sanitize-recover=all \
       -fno-omit-frame-pointer -O1 -g

# Debian packages: a stamp per section, so that it costs nothing when done.
deps = $(O)/.deps-build

include initramfs/sources.mk
include netstream/build.mk capture/build.mk netstream/collector/build.mk
include kernel/build.mk initramfs/build.mk tests/build.mk

$(O)/.deps-%: configs/packages.txt initramfs/deps
	$(Q)mkdir -p $(@D)
	$(Q)initramfs/deps $*
	$(Q)touch $@

# apt works on one at a time.
$(O)/.deps-demo: $(O)/.deps-build
$(O)/.deps-check: $(O)/.deps-demo
$(O)/.deps-fuzz: $(O)/.deps-check
.PRECIOUS: $(O)/.deps-%

all: image host			## build the image and the host programs
image: $(image_files)		## build what boots: vmlinuz, base.cpio.xz
host: $(host_programs)		## build vmcapture and vmcollectd for this machine

# Objects: one directory per compiler.

$(O)/musl/%.o: %.c | $(O)/sysroot/.stack
	$(call moment,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc $(cflags) -O2 -g -ffunction-sections \
		-fdata-sections -ffile-prefix-map=$(CURDIR)/= -c -o $@ $<

$(O)/host/%.o: %.c | $(deps)
	$(call moment,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(CFLAGS) $(host_cflags) -c -o $@ $<

$(O)/asan/%.o: %.c | $(deps)
	$(call moment,CC,"$< [asan]")
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(asan) $(host_cflags) -c -o $@ $<

compilers = musl host asan arm64
-include $(foreach c,$(compilers),$(wildcard $(O)/$(c)/*/*.d $(O)/$(c)/*/*/*.d))

deps: $(O)/.deps-build $(O)/.deps-demo $(O)/.deps-check ## install missing packages

install: all			## to DESTDIR and PREFIX
	$(Q)install -d $(DESTDIR)$(PREFIX)/sbin \
		$(DESTDIR)$(PREFIX)/lib/barecap/modules \
		$(DESTDIR)$(PREFIX)/share/doc/barecap \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8
	$(Q)install $(host_programs) $(DESTDIR)$(PREFIX)/sbin
	$(Q)install -m 644 $(filter-out %/.copied,$(image_files)) \
		$(DESTDIR)$(PREFIX)/lib/barecap
	$(Q)install -m 644 $(O)/image/modules/*.ko \
		$(DESTDIR)$(PREFIX)/lib/barecap/modules
	$(Q)install -m 644 configs/capture.conf configs/cmdline \
		netstream/collector/vmcollectd.service \
		$(DESTDIR)$(PREFIX)/share/doc/barecap
	$(Q)install -m 644 $(wildcard */*.5 */*/*.5) $(DESTDIR)$(MANDIR)/man5
	$(Q)install -m 644 $(wildcard */*.8 */*/*.8) $(DESTDIR)$(MANDIR)/man8

clean:				## remove what was built, keep downloads
	$(Q)rm -rf $(O)

distclean: clean		## remove downloads too
	$(Q)rm -rf $(CACHE)

help:				## this text
	@sed -n 's/^\([a-z0-9-]*\):.*## /  \1|/p' Makefile */*.mk */*/*.mk | \
		sort | column -t -s '|'

.PHONY: all image host deps install clean distclean help
