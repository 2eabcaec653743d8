# SPDX-License-Identifier: GPL-2.0-or-later
# Tests.  A unit test tests/unit/test-X.c names the objects under test on a
# line of its own: "// objects: netstream/flat.o netstream/io.o".

unit_tests := $(patsubst tests/unit/%.c,$(O)/test/%,$(wildcard tests/unit/test-*.c))
init_tests := $(filter-out tests/init/lib.sh,$(wildcard tests/init/*.sh))
net_tests := $(filter-out tests/net/lib.sh,$(wildcard tests/net/*.sh))
e2e_tests := $(wildcard tests/e2e/[0-9]*.sh)
fuzzers := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz-*.c))

# Objects that a unit test names in its first lines.
objects_of = $(addprefix $(O)/asan/,$(shell sed -n 's|^// objects: ||p' $(1)))
define unit_rule
$(O)/test/$(1): $(O)/asan/tests/unit/$(1).o $(call objects_of,tests/unit/$(1).c)
endef
$(foreach t,$(notdir $(unit_tests)),$(eval $(call unit_rule,$(t))))

$(O)/test/test-%:
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(asan) -o $@ $^ -lgnutls

$(O)/test/mkvmcore: $(addprefix $(O)/host/tests/,mkvmcore.o mkcore.o \
		    mkcore-lines.o mkcore-log.o) $(O)/host/netstream/io.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

run = tests/run $(O)/log

check-unit: $(unit_tests)	## unit tests with ASAN and UBSAN
	$(Q)$(run) $^

# End to end: a stock Debian kernel, unpacked, not installed, in QEMU.

$(O)/test/vmrun: $(O)/host/tests/e2e/vmrun.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

$(O)/system/vmlinuz: $(system_kernel_deb)
	$(call say,UNPACK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)dpkg-deb --fsys-tarfile $< | \
		tar -xO --wildcards './boot/vmlinuz-*' >$@

$(O)/system/vmlinux: $(system_kernel_dbg_deb)
	$(call say,UNPACK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)dpkg-deb --fsys-tarfile $< | \
		tar -xO --wildcards './usr/lib/debug/boot/vmlinux-*' >$@

e2e_needs = $(O)/test/vmrun $(O)/system/vmlinuz $(O)/sysroot/bin/busybox \
	    $(O)/sysroot/sbin/kexec $(image_files) $(O)/host/vmcollectd

debug-kernel: $(O)/system/vmlinux	## the system kernel's vmlinux, for crash

demo: $(e2e_needs)		## panic a Debian system in QEMU and show what arrives
	$(Q)O=$(O) tests/demo

check-e2e: $(e2e_needs) $(O)/system/vmlinux	## the whole way in QEMU
	$(Q)O=$(O) $(run) $(e2e_tests)

bench-crashkernel: $(e2e_needs)	## find the smallest crashkernel= that works
	$(Q)O=$(O) tests/e2e/bench-crashkernel

.PHONY: debug-kernel demo check-e2e bench-crashkernel
