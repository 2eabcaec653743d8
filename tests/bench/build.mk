# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks of the capture engine, and the real vmcores that they read.

bench_kernels := system-kernel system-kernel-6.12
bench_vmcores := $(patsubst %,$(O)/bench/%.vmcore,$(bench_kernels))

# Static, for the guests.
$(O)/test/memfill: $(O)/musl/tests/bench/memfill.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -s -o $@ $^

$(O)/bench/system-kernel.vmlinux: $(O)/system/vmlinux
	$(Q)mkdir -p $(@D)
	$(Q)ln -sf $(abspath $<) $@

$(O)/bench/%.vmlinux: $(O)/src/%-dbg.deb
	$(call say,UNPACK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)dpkg-deb --fsys-tarfile $< | \
		tar -xO --wildcards './usr/lib/debug/boot/vmlinux-*' >$@

# Minutes in QEMU, once for each recipe: the cache keeps them.
$(O)/bench/%.vmcore: $(addprefix tests/bench/,take-vmcore init-guest memfill.c) \
		$(O)/src/%.deb $(O)/src/%-dbg.deb $(O)/src/linux.list \
		$(O)/bench/%.vmlinux $(O)/test/memfill \
		$(O)/sysroot/bin/busybox $(O)/sysroot/sbin/kexec \
		| $(O)/.deps-check
	$(call say,VMCORE,$@)
	$(Q)O='$(O)' CACHE='$(CACHE)' DL='$(DL)' tests/bench/take-vmcore $*

# Machines of 64 GiB and 1 TiB: struct pages and what leads to them.
$(O)/test/mkhuge: $(addprefix $(O)/host/tests/bench/,mkhuge.o huge-pages.o)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

$(O)/bench/huge-%.vmcore: $(O)/test/mkhuge
	$(call say,VMCORE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/test/mkhuge $* $@

# Static and small: what they measure counts, not they.
$(O)/test/measure: $(O)/musl/tests/bench/measure.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -s -o $@ $^

$(O)/test/zstd-pages: $(O)/musl/tests/bench/zstd-pages.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -s -o $@ $^ \
		$(O)/sysroot/lib/libzstd.a

# The filter alone, with what the product is linked with.
$(O)/test/scan: $(addprefix $(O)/musl/,tests/bench/scan.o $(filter-out \
		capture/vmcapture.o,$(vmcapture_objs)) $(netstream_image))
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -Wl,--gc-sections -s -o $@ \
		$(filter %.o,$^) $(vmcapture_libs)

bench_needs = $(O)/musl/vmcapture $(addprefix $(O)/test/,measure scan zstd-pages) \
	      $(O)/bench/system-kernel.vmcore $(O)/bench/huge-64.vmcore \
	      $(O)/bench/huge-1024.vmcore

bench: $(bench_needs) | $(O)/.deps-check	## the capture engine against makedumpfile
	$(Q)O='$(O)' tests/bench/bench

bench-capture: $(e2e_needs) $(O)/test/memfill	## panic to complete, in CPU seconds
	$(Q)O='$(O)' tests/bench/bench-capture

bench-vmcores: $(bench_vmcores)	## real vmcores of 2 GiB guests, for benchmarks

.PHONY: bench bench-capture bench-vmcores
