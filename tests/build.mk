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

$(O)/test/mkvmcore: $(O)/host/tests/mkvmcore.o $(O)/host/netstream/io.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

run = tests/run $(O)/log

check-unit: $(unit_tests)	## unit tests with ASAN and UBSAN
	$(Q)$(run) $^
