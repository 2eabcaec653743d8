# SPDX-License-Identifier: GPL-2.0-or-later
# Third-party sources: fetched and verified by initramfs/fetch, unpacked and
# patched into $(O)/src/NAME, whose stamp is $(O)/src/NAME/.unpacked.
# $(O)/src/NAME.list says which files (and versions) they were.

sources := musl linux bearssl mbedtls curl zstd lzo zlib nettle busybox \
	   kexec-tools
systems := system-kernel system-kernel-dbg system-kernel-6.12 \
	   system-kernel-6.12-dbg

# Names of the system kernel's packages, for the rules of the tests.
system_kernel_deb = $(O)/src/system-kernel.deb
system_kernel_dbg_deb = $(O)/src/system-kernel-dbg.deb

# A download directory that was named on purpose is all there is: no network.
ifneq ($(origin DL),file)
offline = $(if $(filter fetch,$(MAKECMDGOALS)),,1)
endif

# A list keeps its time when the lock changed for other names only.
$(patsubst %,$(O)/src/%.fetched,$(sources) $(systems)): $(O)/src/%.fetched: \
		configs/sources.lock initramfs/fetch
	$(Q)mkdir -p $(@D)
	$(Q)CACHE='$(CACHE)' DL='$(DL)' OFFLINE=$(offline) \
		initramfs/fetch $* >$@.part
	$(Q)cmp -s $@.part $(@:fetched=list) || { rm -f $(@:fetched=deb) && \
		cp $@.part $(@:fetched=list); }
	$(Q)mv $@.part $@

$(patsubst %,$(O)/src/%.list,$(sources) $(systems)): %.list: %.fetched
	@:

$(patsubst %,$(O)/src/%.deb,$(systems)): %.deb: | %.list
	$(Q)ln -sf "$$(realpath '$(DL)')/$$(cut -d' ' -f5 $*.list)" $@

# One time for all files: none looks older than what it was generated from.
$(patsubst %,$(O)/src/%/.unpacked,$(sources)): $(O)/src/%/.unpacked: \
		$(O)/src/%.list | $(deps)
	$(call say,UNPACK,"$$(cut -d' ' -f2-3 $< | uniq)")
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)tar -xf '$(DL)'/$$(awk '$$5 ~ /\.orig\.tar/ { print $$5 }' $<) \
		-C $(@D) --strip-components=1 --no-same-owner
	$(Q)for tar in $$(awk '$$5 ~ /\.debian\.tar/ { print $$5 }' $<); do \
		tar -xf '$(DL)'/$$tar -C $(@D) --no-same-owner || exit; \
		for p in $$(sed '/^#/d' $(@D)/debian/patches/series); do \
			patch -d $(@D) -s -N -F0 -p1 --no-backup-if-mismatch \
				<$(@D)/debian/patches/$$p || exit; \
		done; \
		find $(@D) -exec touch -h -d @$(SOURCE_DATE_EPOCH) {} +; \
	done
	$(Q)touch $@

fetch: $(patsubst %,$(O)/src/%.list,$(sources) $(systems)) ## download everything, for DL=

.PHONY: fetch
