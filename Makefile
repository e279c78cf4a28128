# backsoon - mail auto-responder.  GPL-3.0-or-later.
#
#   make            builds ./backsoon            make install   PREFIX, DESTDIR
#   make demo       sets up, builds, shows       make check     sets up, builds, tests
#   make bench      measures, writes bench/RESULTS.md
#
# CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR are yours; warnings and hardening are
# added to whatever they hold.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
CC ?= cc
CFLAGS ?= -O2 -g
BUILD ?= build

VERSION = 0.1
SENDMAIL ?= $(firstword $(wildcard /usr/sbin/sendmail /usr/lib/sendmail /usr/bin/sendmail) /usr/sbin/sendmail)

WARN = -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
       -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough
FEATURES = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DBACKSOON_VERSION='"$(VERSION)"' \
       -DBACKSOON_SENDMAIL='"$(SENDMAIL)"' -DBACKSOON_SYSCONFDIR='"$(SYSCONFDIR)"'
HARDEN = -fstack-protector-strong -fPIE
ifeq (,$(findstring -fsanitize,$(CFLAGS)))
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
HARDEN_LINK = -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed
ALL_CFLAGS = $(WARN) $(FEATURES) $(CFLAGS) $(HARDEN) -I. -MMD -MP

# gdbm is linked statically where there is an archive: it keeps the start of a
# message that gets no reply cheap (LIBRARIES: what was measured).
GDBM ?= $(shell $(CC) -print-file-name=libgdbm.a | grep / || echo -lgdbm)

CORE = $(filter-out filter.c,$(wildcard *.c)) $(wildcard commands/*.c)
OBJ = $(CORE:%.c=$(BUILD)/%.o)
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*.c))

all: backsoon

backsoon: $(BUILD)/backsoon
	cp $(BUILD)/backsoon $@

$(BUILD)/backsoon: $(BUILD)/filter.o $(OBJ)
	$(CC) $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS) -o $@ $^ $(GDBM)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/libcore.a: $(OBJ)
	rm -f $@
	ar rcs $@ $^

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libcore.a
	$(CC) $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS) -o $@ $< $(BUILD)/libcore.a $(GDBM)

unit: $(UNIT)

clean:
	rm -rf $(BUILD) backsoon

-include $(OBJ:.o=.d) $(BUILD)/filter.d

.PHONY: all unit clean
.SECONDARY:
