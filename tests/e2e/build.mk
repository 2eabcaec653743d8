# SPDX-License-Identifier: GPL-2.0-or-later
# End to end: a stock Debian kernel, unpacked, not installed, in QEMU.

e2e_tests := $(wildcard tests/e2e/[0-9]*.sh)
e2e_needs = $(O)/test/vmrun $(O)/system/vmlinuz $(O)/sysroot/bin/busybox \
	    $(O)/sysroot/sbin/kexec $(image_files) $(O)/host/vmcollectd
dump_needs = $(model_programs) $(O)/test/modules/.built $(O)/system/vmlinux \
	     $(addprefix $(O)/test/,dumppattern pci-poke vmcore-check) \
	     $(O)/.deps-check

$(O)/test/vmrun: $(O)/host/tests/e2e/vmrun.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

$(O)/test/dumppattern: $(O)/host/tests/e2e/dumppattern.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

# Static, for the guests.
$(O)/test/pci-poke $(O)/test/vmcore-check: $(O)/test/%: $(O)/musl/tests/e2e/%.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -s -o $@ $^

# Modules are built where their source is: in a copy of it.
dumptests := hang spin oops fail huge tiny fill many late read readfail

$(O)/test/modules/.built: kernel/dumptest/dumptest.c kernel/dumptest/Kbuild \
		$(O)/image/vmlinuz
	$(call say,MODULE,dumptest)
	$(Q)rm -rf $(O)/obj/dumptest $(@D) && mkdir -p $(O)/obj/dumptest $(@D)
	$(Q)cp kernel/dumptest/* $(O)/obj/dumptest
	$(Q)for do in $(dumptests); do \
		cp kernel/dumptest/dumptest.c \
			$(O)/obj/dumptest/dumptest_$$do.c || exit; done
	+$(Q)$(linux_make) M=$(abspath $(O))/obj/dumptest modules \
		>$(O)/log/dumptest.log 2>&1 || { cat $(O)/log/dumptest.log; exit 1; }
	$(Q)cp $(O)/obj/dumptest/*.ko $(@D)
	$(Q)touch $@

# cxgb4 as it is without the patch that leaves out the queue descriptors.
$(O)/test/queues/cxgb4.ko: $(wildcard kernel/patches/*queue-descriptors*) \
		$(O)/image/vmlinuz
	$(call say,MODULE,$@)
	$(Q)rm -rf $(O)/obj/queues && mkdir -p $(O)/obj $(@D) $(O)/log
	$(Q)cp -r $(linux_src)/drivers/net/ethernet/chelsio/cxgb4 $(O)/obj/queues
	$(Q)patch -d $(O)/obj/queues -p6 -R -s <$<
	+$(Q)$(linux_make) M=$(abspath $(O))/obj/queues modules \
		>$(O)/log/queues.log 2>&1 || { cat $(O)/log/queues.log; exit 1; }
	$(Q)cp $(O)/obj/queues/cxgb4.ko $@

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

debug-kernel: $(O)/system/vmlinux	## the system kernel's vmlinux, for crash

demo: $(e2e_needs) $(O)/.deps-demo	## panic a Debian system in QEMU and show what arrives
	$(Q)O=$(O) tests/demo

check-e2e: $(e2e_needs) $(dump_needs)	## the whole way in QEMU
	$(Q)$(run) $(e2e_tests)

bench-crashkernel: $(e2e_needs) $(O)/.deps-demo	## find the smallest crashkernel=; TARGET=nfs
	$(Q)O=$(O) tests/e2e/bench-crashkernel $(TARGET)

bench-adapters: $(e2e_needs) $(dump_needs) $(O)/test/queues/cxgb4.ko	## with device dumps
	$(Q)O=$(O) tests/e2e/bench-adapters

.PHONY: debug-kernel demo check-e2e bench-crashkernel bench-adapters
