# SPDX-License-Identifier: GPL-2.0-or-later
# vmcollectd, the server.

collector_objs := $(patsubst %.c,%.o,$(wildcard netstream/collector/*.c)) \
		  $(netstream_base) netstream/digest-gnutls.o
host_programs += $(O)/host/vmcollectd

$(O)/host/vmcollectd: $(addprefix $(O)/host/,$(collector_objs))
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ -lmicrohttpd -lgnutls -lpthread

$(O)/asan/vmcollectd: $(addprefix $(O)/asan/,$(collector_objs))
	$(call say,LD,$@)
	$(Q)$(CC) $(asan) -o $@ $^ -lmicrohttpd -lgnutls -lpthread
