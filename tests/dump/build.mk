# SPDX-License-Identifier: GPL-2.0-or-later
# What vmcapture makes of real vmcores, judged by programs that share no code
# with it, and by crash, drgn and makedumpfile.

dump_tests := $(filter-out tests/dump/lib.sh,$(wildcard tests/dump/*.sh))
dump_test_needs = $(addprefix $(O)/test/,kdump-check elf-check bad-page.so) \
		  $(O)/musl/vmcapture $(O)/host/vmcapture \
		  $(O)/asan/vmcollectd $(O)/test/faultproxy \
		  $(bench_vmcores) $(bench_vmcores:.vmcore=.vmlinux) \
		  $(O)/.deps-check

$(O)/test/kdump-check $(O)/test/elf-check: $(O)/test/%: \
		$(O)/host/tests/dump/%.o \
		$(addprefix $(O)/host/tests/dump/,kdump.o source.o)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ -lzstd -llzo2 -lz

$(O)/test/bad-page.so: tests/dump/bad-page.c | $(deps)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) -MF $@.d -O2 -fPIC -shared -o $@ $<
-include $(O)/test/bad-page.so.d

check-dump: $(dump_test_needs)	## dumps of real vmcores, page by page
	$(Q)$(run) $(dump_tests)

.PHONY: check-dump
