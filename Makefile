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
COMPLETIONDIR ?= $(PREFIX)/share
LOCALEDIR ?= $(PREFIX)/share/locale
SYSCONFDIR ?= /etc
CC ?= cc
CFLAGS ?= -O2 -g
BUILD ?= build

VERSION = 0.1
SENDMAIL ?= $(firstword $(wildcard /usr/sbin/sendmail /usr/lib/sendmail /usr/bin/sendmail) /usr/sbin/sendmail)

WARN = -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
       -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough
FEATURES = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DBACKSOON_VERSION='"$(VERSION)"' \
       -DBACKSOON_SENDMAIL='"$(SENDMAIL)"' -DBACKSOON_SYSCONFDIR='"$(SYSCONFDIR)"' \
       -DBACKSOON_LOCALEDIR='"$(LOCALEDIR)"'
HARDEN = -fstack-protector-strong -fPIE
ifeq (,$(findstring -fsanitize,$(CFLAGS)))
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
# Symbols are bound when they are first called.  Bound at start (-z now) the
# 167 imports, nearly all of them never called for a message that gets no
# reply, cost 90,000 of 285,000 instructions at each message.  What is given
# up is a read-only procedure table; message parsing has no library in it, the
# composer runs confined, and `make BIND=now' has it back for who wants it.
BIND ?= lazy
# The tables of the commands are relocated at each delivery too; packed, that
# costs a quarter.  Tried out here, as the system's loader has to know it.
RELR := $(shell d=$$(mktemp -d) && echo 'int x, *p = &x; int main(void) { return p != &x; }' >$$d/t.c && \
	[ -z "$$($(CC) -fPIE -pie -Wl,-z,pack-relative-relocs -o $$d/t $$d/t.c 2>&1)" ] && $$d/t && \
	echo -Wl,-z,pack-relative-relocs; rm -rf "$$d")
HARDEN_LINK = -pie -Wl,-z,relro,-z,$(BIND) -Wl,-z,noexecstack -Wl,--as-needed $(RELR)
ALL_CFLAGS = $(WARN) $(FEATURES) $(CFLAGS) $(HARDEN) -I. -MMD -MP

# gdbm is linked statically where there is an archive: it keeps the start of a
# message that gets no reply cheap.
GDBM ?= $(shell $(CC) -print-file-name=libgdbm.a | grep / || echo -lgdbm)

# What every message needs stands together at the front of the program: each
# stretch of 64 KB that is touched costs a page fault at each message.
FIRST = deliver diag signals message text text_words buf load settings settings_lines settings_value compat home envelope envelope_sender \
	address address_list address_unwrap answer policy policy_headers policy_sender rules outcome report \
	journal journal_file
ALL = $(patsubst %.c,%,$(wildcard *.c commands/*.c))
# Their strings too: merged with those of the whole program they would be anywhere in it.
UNMERGED := $(shell $(CC) -Werror -fno-merge-constants -x c -c -o /dev/null /dev/null 2>/dev/null && echo -fno-merge-constants)
$(FIRST:%=$(BUILD)/%.o): ALL_CFLAGS += $(UNMERGED)
CORE = $(FIRST) $(filter-out filter $(FIRST),$(ALL))
OBJ = $(CORE:%=$(BUILD)/%.o)
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*.c))

all: $(BUILD)/backsoon

# Translations, where msgfmt(1) is: without them the program is English.
LANGUAGES = $(patsubst po/%.po,%,$(wildcard po/*.po))
MSGFMT := $(shell command -v msgfmt)
ifneq (,$(MSGFMT))
CATALOGUES = $(LANGUAGES:%=$(BUILD)/locale/%/LC_MESSAGES/backsoon.mo)
endif
all: $(CATALOGUES)

# Only the plain build leaves the program at the top.
ifeq ($(BUILD),build)
all: backsoon
backsoon: $(BUILD)/backsoon
	cp $(BUILD)/backsoon $@
endif

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

# What some scripts drive modules with.
$(BUILD)/tests/%-driver: $(BUILD)/tests/%-driver.o $(BUILD)/libcore.a
	$(CC) $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS) -o $@ $< $(BUILD)/libcore.a $(GDBM)

unit: $(UNIT) $(BUILD)/tests/wiring-driver $(BUILD)/tests/attach-driver

$(BUILD)/locale/%/LC_MESSAGES/backsoon.mo: po/%.po
	@mkdir -p $(@D)
	$(MSGFMT) -o $@ $<

# The messages of the sources, and what has become of them in each language:
# what is new there waits to be translated.
pot:
	xgettext --from-code=UTF-8 --language=C -cTranslators: -k -k_ -kN_ -ki18n_n:1,2 --sort-by-file --add-location=file \
	    --package-name=backsoon --foreign-user -o po/backsoon.pot $(sort $(wildcard *.c commands/*.c))
	sed -i -e 's/^# SOME DESCRIPTIVE TITLE/# Messages of backsoon/' -e 's/^# This file is put.*/# SPDX-License-Identifier: GPL-3.0-or-later/' \
	    -e '/^# FIRST AUTHOR/d' -e '/^"POT-Creation-Date/d' -e 's/^"Content-Type: text\/plain; charset=CHARSET/"Content-Type: text\/plain; charset=UTF-8/' \
	    po/backsoon.pot

update-po: pot
	for language in $(LANGUAGES); do \
		msgmerge -q --update --backup=none --no-fuzzy-matching --sort-by-file --add-location=file \
		    po/$$language.po po/backsoon.pot || exit 1; \
	done
	sed -i '/^"POT-Creation-Date/d' po/*.po

# Where the shells look for them; completions/ has them by simpler names.
COMPLETIONS = bash-completion/completions/backsoon zsh/site-functions/_backsoon fish/vendor_completions.d/backsoon.fish

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5
	install -m 755 $(BUILD)/backsoon $(DESTDIR)$(BINDIR)/backsoon
	install -m 644 man/backsoon.1 $(DESTDIR)$(MANDIR)/man1/backsoon.1
	install -m 644 man/vacation.conf.5 $(DESTDIR)$(MANDIR)/man5/vacation.conf.5
	install -m 644 man/backsoon-export.5 $(DESTDIR)$(MANDIR)/man5/backsoon-export.5
	for file in $(COMPLETIONS); do \
		install -d $(DESTDIR)$(COMPLETIONDIR)/$${file%/*} && \
		install -m 644 completions/$$(basename $$file | sed 's/^backsoon$$/backsoon.bash/') $(DESTDIR)$(COMPLETIONDIR)/$$file || exit 1; \
	done
	for language in $(if $(CATALOGUES),$(LANGUAGES)); do \
		install -d $(DESTDIR)$(LOCALEDIR)/$$language/LC_MESSAGES && \
		install -m 644 $(BUILD)/locale/$$language/LC_MESSAGES/backsoon.mo \
		    $(DESTDIR)$(LOCALEDIR)/$$language/LC_MESSAGES/backsoon.mo || exit 1; \
	done

# The program under the name that people's .forward files have.
install-vacation: install
	ln -sf backsoon $(DESTDIR)$(BINDIR)/vacation
	ln -sf backsoon.1 $(DESTDIR)$(MANDIR)/man1/vacation.1
	ln -sf backsoon $(DESTDIR)$(COMPLETIONDIR)/bash-completion/completions/vacation
	ln -sf backsoon.fish $(DESTDIR)$(COMPLETIONDIR)/fish/vendor_completions.d/vacation.fish

# The same for .mailfilter files that call mailbot.
install-mailbot: install
	ln -sf backsoon $(DESTDIR)$(BINDIR)/mailbot
	ln -sf backsoon.1 $(DESTDIR)$(MANDIR)/man1/mailbot.1
	ln -sf backsoon $(DESTDIR)$(COMPLETIONDIR)/bash-completion/completions/mailbot
	ln -sf backsoon.fish $(DESTDIR)$(COMPLETIONDIR)/fish/vendor_completions.d/mailbot.fish

uninstall:
	rm -f $(COMPLETIONS:%=$(DESTDIR)$(COMPLETIONDIR)/%)
	rm -f $(DESTDIR)$(BINDIR)/backsoon $(DESTDIR)$(MANDIR)/man1/backsoon.1 \
	    $(DESTDIR)$(MANDIR)/man5/vacation.conf.5 $(LANGUAGES:%=$(DESTDIR)$(LOCALEDIR)/%/LC_MESSAGES/backsoon.mo) \
	    $(DESTDIR)$(MANDIR)/man5/backsoon-export.5
	for name in vacation mailbot; do \
		if [ "$$(readlink $(DESTDIR)$(BINDIR)/$$name)" = backsoon ]; then \
			rm -f $(DESTDIR)$(BINDIR)/$$name $(DESTDIR)$(MANDIR)/man1/$$name.1 \
			    $(DESTDIR)$(COMPLETIONDIR)/bash-completion/completions/$$name \
			    $(DESTDIR)$(COMPLETIONDIR)/fish/vendor_completions.d/$$name.fish; fi; \
	done

# The targets below set themselves up: tests/setup installs the Debian
# packages that they need, or names them.  They build through $(MAKE) because
# a fresh machine has the headers only afterwards.

demo:
	@tests/setup build demo
	@$(MAKE) --no-print-directory -s all
	@examples/demo

check:
	@tests/setup build check
	@tests/check

bench:
	@tests/setup build bench
	@$(MAKE) --no-print-directory -s all $(BUILD)/libcore.a
	@bench/run

lint:
	mandoc -T lint -W warning man/*.1 man/*.5
	shellcheck -S warning tests/setup tests/check examples/demo .ci/run completions/backsoon.bash

clean:
	rm -rf $(BUILD) backsoon

-include $(OBJ:.o=.d) $(BUILD)/filter.d $(UNIT:=.d)

.PHONY: all unit pot update-po install install-vacation install-mailbot uninstall demo check bench lint clean
.SECONDARY:
