# SPDX-License-Identifier: GPL-2.0-or-later
# Models of hardware behind QEMU, and readers of what drivers dump of it.

$(O)/test/chelsio: $(addprefix $(O)/host/tests/models/,chelsio-main.o \
		   chelsio.o content.o vpd.o proxy.o) $(O)/host/netstream/io.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

$(O)/test/cudbg: $(addprefix $(O)/host/tests/models/,cudbg-main.o cudbg.o) \
		 $(O)/host/netstream/io.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ -lz

# zlib is of the packages for the tests.
$(addsuffix /tests/models/cudbg.o,$(O)/host $(O)/asan): | $(O)/.deps-check
$(O)/test/test-cudbg $(O)/fuzz/fuzz-cudbg: libs = -lz

model_tests := $(wildcard tests/models/*.sh)
model_programs = $(O)/test/chelsio $(O)/test/cudbg
