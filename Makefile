# Gantry. `make` builds the programs into build/bin/, `make test` tests them; CONTRIBUTING.md
# has the other targets. Variables: CC, BUILD (where everything goes), PREFIX, DESTDIR, SEEDS, CASES, TARGET,
# SECONDS; V=1 shows whole commands.

ifeq ($(origin CC),default) # make's own is cc
CC       = gcc
endif
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=

PACKAGES  = libcurl libevent libevent_openssl openssl json-c yaml-0.1 sqlite3 zlib
WARNINGS  = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
# Asked once, at the first use: by then what was missing is installed.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)
CHECK      = $(eval CHECK := $(shell pkg-config --libs check))$(CHECK)
CPPFLAGS += -I. -D_GNU_SOURCE -include base/banned.h $(PKG_CFLAGS)
CSTD      = -std=c11 -fno-strict-aliasing
LDLIBS    = $(PKG_LIBS) -lm

# Two builds of everything: `rel` makes the programs, `san` (address and undefined-behaviour
# sanitizers) makes the tests and the programs that tests start.
FLAGS_rel = -O2 -g
DEPS_rel  = deps
FLAGS_san = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
DEPS_san  = deps-test

# Folders with a library of the same name, leaves last: the order is the link order.
LIB_DIRS  = cmd/gantry cmd/gantry-controller cmd/gantry-launch cmd/gantry-local cmd/gantry-sim kubeclient crds scheduler base
PROGRAMS  = gantry-local gantry-controller gantry-launch gantry-sim gantry
# Names under which gantry is called as well.
LINKS     = sbatch squeue sprio sshare sinfo scancel scontrol kubectl-gantry

src        = $(filter-out $(1)/main.c $(1)/test_%,$(wildcard $(1)/*.c))
libs_of    = $(foreach d,$(LIB_DIRS),$(BUILD)/$(1)/$(d).a)
TEST_DIRS  = support base scheduler kubeclient crds gantry-local gantry-controller gantry-launch gantry-sim gantry world
TEST_SRC   = $(foreach d,$(TEST_DIRS),$(wildcard tests/$(d)/test_*.c))
TESTS      = $(TEST_SRC:%.c=$(BUILD)/san/%)
BENCH      = $(patsubst %.c,$(BUILD)/rel/%,$(wildcard tests/bench/bench_*.c))
FUZZ       = $(patsubst %.c,$(BUILD)/san/%,$(wildcard tests/fuzz/fuzz_*.c))

SEEDS     ?= 1000

# $(call say,CC): what is made, in place of the command; with -s nothing, as make has it.
Q   = $(if $(V),,@)
say = $(if $(V)$(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),,@printf '  %-5s %s\n' $(1) $@)

.PHONY: all test world properties fuzz demo e2e conformance-answers bench bench-plan bench-traces goldens check-style install clean deps deps-test
.SECONDARY:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

all: deps $(PROGRAMS:%=$(BUILD)/bin/%) $(LINKS:%=$(BUILD)/bin/%)

# One rule set for each build kind. Nothing is compiled before the packages are there.
define KIND
$$(BUILD)/$(1)/%.o: %.c | $(DEPS_$(1))
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(CC) $$(CSTD) $$(CPPFLAGS) $$(WARNINGS) $$(FLAGS_$(1)) $$(CFLAGS) -MMD -MP -c $$< -o $$@

$$(foreach d,$$(LIB_DIRS) tests/support tests/world,$$(eval $$(call ARCHIVE,$(1),$$(d))))

$$(BUILD)/$(1)/bin/%: $$(BUILD)/$(1)/cmd/%/main.o $$(call libs_of,$(1))
	@mkdir -p $$(@D)
	$$(call say,LINK)
	$$(Q)$$(CC) $$(FLAGS_$(1)) $$(LDFLAGS) $$^ $$(LDLIBS) -o $$@

$$(LINKS:%=$$(BUILD)/$(1)/bin/%): $$(BUILD)/$(1)/bin/gantry
	$$(Q)ln -sf gantry $$@

$$(BUILD)/$(1)/tests/world/%: $$(BUILD)/$(1)/tests/world/%.o $$(BUILD)/$(1)/tests/world.a $$(BUILD)/$(1)/tests/support.a $$(call libs_of,$(1))
	$$(call say,LINK)
	$$(Q)$$(CC) $$(FLAGS_$(1)) $$(LDFLAGS) $$^ $$(CHECK) $$(LDLIBS) -o $$@

$$(BUILD)/$(1)/tests/%: $$(BUILD)/$(1)/tests/%.o $$(BUILD)/$(1)/tests/support.a $$(call libs_of,$(1))
	$$(call say,LINK)
	$$(Q)$$(CC) $$(FLAGS_$(1)) $$(LDFLAGS) $$^ $$(CHECK) $$(LDLIBS) -o $$@
endef

# It has the kinds and policies in it.
$(foreach k,rel san,$(BUILD)/$(k)/crds/definitions.o): $(wildcard crds/*.yaml)

define ARCHIVE
$$(BUILD)/$(1)/$(2).a: $$(patsubst %.c,$$(BUILD)/$(1)/%.o,$$(call src,$(2)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call say,AR)
	$$(Q)ar rcs $$@ $$^
endef

$(foreach k,rel san,$(eval $(call KIND,$(k))))

# It runs in containers of any image: static, and with nothing that needs more than a kernel.
$(BUILD)/rel/bin/gantry-launch: $(BUILD)/rel/cmd/gantry-launch/main.o $(BUILD)/rel/cmd/gantry-launch.a $(BUILD)/rel/base.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(FLAGS_rel) $(LDFLAGS) -static -s $^ -o $@

$(LINKS:%=$(BUILD)/bin/%): $(BUILD)/bin/gantry
	$(Q)ln -sf gantry $@

$(BUILD)/bin/%: $(BUILD)/rel/bin/%
	@mkdir -p $(@D)
	$(Q)cp --remove-destination $< $@

# Tests link all parts and their helpers, whatever each pulls in: no name may be defined twice.
$(BUILD)/san/together.o: $(call libs_of,san) $(BUILD)/san/tests/support.a
	$(call say,LINK)
	$(Q)ld -r --whole-archive $^ -o $@

test: deps-test $(BUILD)/san/together.o $(TESTS) $(FUZZ) $(PROGRAMS:%=$(BUILD)/san/bin/%) $(LINKS:%=$(BUILD)/san/bin/%) \
		$(BUILD)/rel/bin/gantry-launch
	@tests/run-tests $(BUILD)/san $(TESTS) $(FUZZ)

# One test program: `make run-tests/base/test_str`.
run-tests/%: $(BUILD)/san/tests/%
	BIN=$(BUILD)/san/bin $<

# The deterministic world over many seeds: `make world SEEDS=10000`.
world: deps-test $(BUILD)/rel/tests/world/test_world
	@tests/world/run-seeds $(BUILD)/rel/tests/world/test_world $(SEEDS)

# The scheduler's properties over many random clusters, queues and histories, CASES of each (of
# whole days of work a thousandth): more than an hour in all.
CASES     ?= 100000
PROPERTIES = $(addprefix $(BUILD)/rel/tests/scheduler/test_,preempt limits plan sooner snapshot stock levels pledge fewest array charge components topology fairtree promise)
properties: deps-test $(PROPERTIES)
	@tests/run-properties $(CASES) $(PROPERTIES)

# One parser for longer, other mutations each time: `make fuzz TARGET=yaml SECONDS=600`.
SECONDS ?= 600
fuzz: $(BUILD)/san/tests/fuzz/fuzz_$(TARGET)
	$< --seconds $(SECONDS) --runs 1000000000 --seed $$(date +%s)

GOLDEN_TESTS = scheduler/test_scenarios $(addprefix gantry/test_,squeue sprio sshare sinfo scontrol scontrol_resv het hidden)
goldens: deps-test $(GOLDEN_TESTS:%=$(BUILD)/san/tests/%)
	for t in $(GOLDEN_TESTS); do GANTRY_REWRITE_GOLDENS=1 $(BUILD)/san/tests/$$t || exit; done

bench: deps-test all $(BENCH)
	@tests/bench/run $(BUILD)

# Recorded workloads through the core, beside references, `TRACES` being their folder; many minutes.
TRACES ?= ../shared/traces
bench-traces: deps-test $(addprefix $(BUILD)/rel/tests/bench/,bench_traces bench_openb bench_lingjun)
	@$(BUILD)/rel/tests/bench/bench_openb --traces '$(TRACES)'
	@$(BUILD)/rel/tests/bench/bench_lingjun --traces '$(TRACES)'
	@$(BUILD)/rel/tests/bench/bench_traces --traces '$(TRACES)'

# The cost of plans, large and small; minutes.
bench-plan: deps-test $(addprefix $(BUILD)/rel/tests/bench/,bench_changes bench_plan bench_preempt bench_priority bench_slices)
	@$(BUILD)/rel/tests/bench/bench_priority
	@$(BUILD)/rel/tests/bench/bench_slices
	@$(BUILD)/rel/tests/bench/bench_preempt
	@$(BUILD)/rel/tests/bench/bench_changes
	@$(BUILD)/rel/tests/bench/bench_plan --flags '$(CC) $(CSTD) $(FLAGS_rel) $(CFLAGS)'

# A queue at work, in a cluster of its own; the jobs' output stays in build/demo/work.
demo: deps all
	@manifests/demo $(BUILD)/bin $(BUILD)/demo

CONFORMANCE = $(BUILD)/rel/tests/conformance/conformance
e2e: deps deps-test all $(CONFORMANCE)
	@rc=0; e2e/run $(BUILD)/bin || rc=1; e2e/conformance/run $(BUILD) && exit $$rc

# What a real Kubernetes answers, written anew; the diff is reviewed.
conformance-answers: deps deps-test all $(CONFORMANCE)
	@e2e/conformance/run $(BUILD) --record

check-style:
	@CPPFLAGS='$(CPPFLAGS)' tests/check-style $(BUILD)

# The licence and the README go where Debian has them.
SHARE = $(DESTDIR)$(PREFIX)/share
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/gantry/crds $(SHARE)/gantry/examples $(SHARE)/gantry/policies $(SHARE)/doc/gantry
	install $(PROGRAMS:%=$(BUILD)/bin/%) $(DESTDIR)$(PREFIX)/bin
	for l in $(LINKS); do ln -sf gantry $(DESTDIR)$(PREFIX)/bin/$$l; done
	install -m 644 crds/*.yaml $(SHARE)/gantry/crds
	install -m 644 manifests/examples/* $(SHARE)/gantry/examples
	install -m 644 manifests/policies/* $(SHARE)/gantry/policies
	install -m 644 LICENSE README.md $(SHARE)/doc/gantry

deps:
	@tests/install-deps build '$(CC)'
deps-test:
	@tests/install-deps test '$(CC)'

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
