# SPDX-License-Identifier: GPL-2.0-or-later
# Tests.  A unit test tests/unit/test-X.c is linked with vmcapture's objects;
# others it names on a line of its own: "// objects: tests/mkcore.o".

unit_tests := $(patsubst tests/unit/%.c,$(O)/test/%,$(wildcard tests/unit/test-*.c))
init_tests := $(filter-out tests/init/lib.sh,$(wildcard tests/init/*.sh))
net_tests := $(filter-out $(addprefix tests/net/,lib.sh link.sh nginx.sh s3.sh), \
	     $(wildcard tests/net/*.sh))
fuzzers := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz-*.c))

# Objects that a unit test names in its first lines.
objects_of = $(addprefix $(O)/asan/,$(shell sed -n 's|^// objects: ||p' $(1)))
define unit_rule
$(O)/test/$(1): $(O)/asan/tests/unit/$(1).o $(call objects_of,tests/unit/$(1).c) \
		$(O)/asan/vmcapture.a
endef
$(foreach t,$(notdir $(unit_tests)),$(eval $(call unit_rule,$(t))))

$(O)/asan/vmcapture.a: $(addprefix $(O)/asan/,$(netstream_host) \
		       $(filter-out capture/vmcapture.o,$(vmcapture_objs)))
	$(Q)rm -f $@ && ar rcs $@ $^

$(O)/test/test-%:
	$(call moment,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(asan) -o $@ $^ -lcurl -lgnutls -lzstd -llzo2 -lz \
		-pthread $(libs)

# For tests/build/digest.sh: the same test, of what the image is linked with.
$(O)/test/digest-image: $(addprefix $(O)/musl/,tests/unit/test-digest.o \
			netstream/digest-nettle.o) $(O)/sysroot/.stack
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -o $@ $(filter %.o,$^) \
		$(O)/sysroot/lib/libnettle.a

# arm64: all that needs nothing but libc compiles, and these tests run.
arm64_cc = aarch64-linux-gnu-gcc
arm64_objs := $(addprefix $(O)/arm64/,$(vmcapture_objs) $(netstream_base) \
	      $(addprefix netstream/,procfs.o target.o dir.o \
	      target-file.o target-nfs.o nfs.o nfs-mount.o child.o))
arm64_tests := $(addprefix $(O)/test/arm64-,arch-arm64 filter filter-arm64 memory \
	       note page-class vmcoreinfo)

$(O)/arm64/%.o: %.c | $(O)/.deps-check
	$(call moment,CC,"$< [arm64]")
	$(Q)mkdir -p $(@D)
	$(Q)$(arm64_cc) $(cflags) -Werror $(CFLAGS) -c -o $@ $<

define arm64_rule
$(O)/test/arm64-$(1): $(O)/arm64/tests/unit/test-$(1).o \
	$(patsubst $(O)/asan/%,$(O)/arm64/%,$(call objects_of,tests/unit/test-$(1).c))
endef
$(foreach t,$(patsubst $(O)/test/arm64-%,%,$(arm64_tests)),$(eval $(call arm64_rule,$(t))))

$(arm64_tests):
	$(call moment,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(arm64_cc) -static -o $@ $^

# Its libzstd has lost what nobody should miss, for tests/build/page-codec.sh.
$(O)/test/page-codec-image: $(addprefix $(O)/musl/,\
		tests/unit/test-page-codec.o capture/page-codec.o \
		netstream/log.o) $(O)/sysroot/.stack
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sysroot/bin/musl-gcc -static -Wl,--gc-sections -o $@ \
		$(filter %.o,$^) \
		$(addprefix $(O)/sysroot/lib/,libzstd.a liblzo2.a libz.a)

$(O)/test/mkvmcore: $(addprefix $(O)/host/tests/,mkvmcore.o mkcore.o \
		    mkcore-lines.o mkcore-log.o) $(O)/host/netstream/io.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

# What the net tests need: faults, a vmcore, a tus server that is not ours.

$(O)/test/faultproxy: $(addprefix $(O)/host/,tests/net/faultproxy.o \
		      netstream/io.o)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

$(O)/test/faultlink: $(addprefix $(O)/host/tests/net/,faultlink.o link.o)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^

$(O)/test/net.vmcore: tests/net/vmcore.txt $(O)/test/mkvmcore
	$(Q)$(O)/test/mkvmcore $< $@

# npm takes the registry from the machine, the digests from the lock file.
npm_ci = npm --cache $(CACHE)/npm --prefer-offline --no-audit --no-fund \
	 --ignore-scripts --omit=optional --loglevel=error ci

$(O)/test/%/.installed: tests/net/%/package.json tests/net/%/package-lock.json \
		| $(O)/.deps-check
	$(call say,NPM,$*)
	$(Q)mkdir -p $(@D)
	$(Q)cp $^ $(@D)
	$(Q)$(npm_ci) --prefix $(@D) >/dev/null
	$(Q)touch $@

# @tus/server wants Node 20 at least; where there is an older one, npm has it.
node_is_old := $(shell node -e \
	'process.exit(parseInt(process.versions.node, 10) < 20 ? 0 : 1)' \
	2>/dev/null && echo yes)

include tests/models/build.mk tests/e2e/build.mk tests/tls/build.mk
include tests/bench/build.mk tests/dump/build.mk

run = O=$(O) tests/run $(O)/log
# Tests of faults and of init wait most of their time: four of them at once.
fault_tests := $(filter tests/net/fault-%,$(net_tests))
run_four = printf '%s\n' $(1) | O=$(O) xargs -n 1 -P 4 tests/run $(O)/log
build_tests := $(wildcard tests/build/*.sh)
build_needs = $(O)/test/digest-image $(O)/test/page-codec-image \
	      $(arm64_objs) $(arm64_tests)
net_needs = $(O)/musl/vmcapture $(O)/asan/vmcapture $(O)/asan/vmcollectd \
	    $(addprefix $(O)/test/,mkvmcore faultproxy faultlink net.vmcore) \
	    $(O)/test/foreign/.installed $(host_programs) \
	    $(if $(node_is_old),$(O)/test/foreign-node/.installed)

check-unit: $(unit_tests) $(O)/test/chelsio	## unit tests with ASAN and UBSAN
	$(Q)$(run) $(unit_tests) $(model_tests)

check-init: $(O)/sysroot/bin/busybox $(O)/asan/guard	## the image's init in a scratch root
	$(Q)$(call run_four,$(init_tests))

check-tls: $(tls_tests)		## the image's AES-GCM against mbedTLS's own
	$(Q)$(run) $(tls_tests)

check-net: $(net_needs) | $(O)/.deps-check	## vmcapture against vmcollectd, with faults
	$(Q)$(call run_four,$(fault_tests)); faults=$$?; \
		$(run) $(filter-out $(fault_tests),$(net_tests)) && exit $$faults

check-build: $(O)/image/base.cpio.xz $(build_needs)	## digests, reproducible image
	$(Q)$(run) $(build_tests)

lint: | $(O)/.deps-check	## formatting, shellcheck, manual pages, layering
	$(Q)tests/lint

# Everything is built first, then every test runs, whatever the others said.
fuzz_tests := tests/fuzz/a-minute-each.sh
fuzz_needs = $(addprefix $(O)/fuzz/fuzz-,vmcore note vmcoreinfo kallsyms arch \
	     filter early vmcore-head config collector-config)
check_needs = $(unit_tests) $(tls_tests) $(build_needs) $(net_needs) \
	      $(e2e_needs) $(dump_needs) $(dump_test_needs) $(fuzz_needs) \
	      $(O)/asan/guard

check: $(check_needs) $(O)/.deps-check	## all tests; ends in one line of results
	$(Q)rm -f $(O)/log/summary
	$(Q)$(run) $(unit_tests) $(model_tests) tests/lint $(tls_tests); \
		$(call run_four,$(init_tests)); \
		$(run) $(build_tests) $(filter-out $(fault_tests),$(net_tests)) \
		$(dump_tests) $(e2e_tests); \
		$(call run_four,$(fault_tests)) & \
		O=$(O) nice tests/run $(O)/log $(fuzz_tests); wait; \
		tests/run $(O)/log --total

# Each fuzzer includes the parser's .c file; T seconds for each.  What it finds
# worth keeping goes to the build; tests/fuzz/corpus/NAME is where it starts.
T ?= 60

fuzz: $(fuzzers)		## fuzz the parsers, T=60 seconds each
	$(Q)set -e; for f in $(fuzzers); do \
		mkdir -p $$f.corpus $(O)/log; \
		$$f -max_total_time=$(T) -print_final_stats=1 \
			-artifact_prefix=$$f- $$f.corpus \
			$$(ls -d tests/fuzz/corpus/$${f##*/} 2>/dev/null) \
			>$(O)/log/$${f##*/}.log 2>&1 || { \
			tail -n 30 $(O)/log/$${f##*/}.log; exit 1; }; \
		printf '  FUZZ    %s: %s runs\n' $${f##*/} $$(awk \
			'/number_of_executed_units/ { print $$2 }' \
			$(O)/log/$${f##*/}.log); \
	done

$(O)/fuzz/fuzz-s3: libs = -lcurl
$(O)/fuzz/fuzz-config: libs = -lzstd -llzo2 -lz

$(O)/fuzz/%: tests/fuzz/%.c | $(O)/.deps-fuzz
	$(call say,FUZZ,$@)
	$(Q)mkdir -p $(@D)
	$(Q)clang $(cflags) -MF $@.d -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -O1 -g -o $@ $< -lgnutls $(libs)
-include $(wildcard $(O)/fuzz/*.d)

.PHONY: check check-unit check-init check-tls check-net check-build lint fuzz
