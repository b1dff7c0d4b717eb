# One command per habit; CI runs the same ones.
#
# What needs the engine is built in release mode only: unoptimized, it takes a hundred times as
# long.
#
# Each build is one of the whole workspace. With another selection of packages the engine would get
# other features, and cargo would compile it again for several minutes.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two cargos in one target folder only wait for each other.
.NOTPARALLEL:

target := $(or $(CARGO_TARGET_DIR),target)
demo := $(target)/demo
events := 200000

# The module that is built into the program; see cli/build.rs.
export SESSIONIZE_EMBED := $(abspath $(target))/release/sessionize.wasm

# Passed on to what is run, as in `make simulate ARGS='--seeds 100000'`.
ARGS :=

# The crates whose code is in the module, and whose tests run in the dev profile.
shipped := sessionize-formats sessionize-core sessionize-smartmodule

# .ci/run takes the time from one such line to the next.
step = @printf '==> %s\n'

.PHONY: help setup build module program demo dist test fmt lint test-setup test-native test-wasm
.PHONY: test-analytics bench bench-state bench-sort endurance simulate fuzz e2e clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## Make the WebAssembly targets buildable here, or say what to install
	$(step) 'set-up'
	@scripts/setup

build: program ## Build the SmartModule and the host program, into release/ of the target folder

module: setup
	$(step) 'module'
	scripts/build-module

program: module
	$(step) 'host program'
	cargo build --release --workspace --bin sessionize

demo: build ## Sessionize a generated log of 200,000 events, and show what comes out
	$(step) 'demo'
	@mkdir -p $(demo)
	$(target)/release/sessionize generate --events $(events) --format elb --disorder 30s --output $(demo)/access.log
	head -n 2 $(demo)/access.log
	@# By the SmartModule, as a broker runs it; then by the native processor, which must agree.
	$(target)/release/sessionize run $(demo)/access.log --engine --output $(demo)/engine.ndjson
	$(target)/release/sessionize run $(demo)/access.log --output $(demo)/sessions.ndjson
	cmp $(demo)/engine.ndjson $(demo)/sessions.ndjson
	head -n 4 $(demo)/sessions.ndjson

dist: build ## Pack the program, the module and all licences into an archive, and try it elsewhere
	$(step) 'package'
	scripts/dist

test: lint test-setup test-native test-wasm test-analytics dist ## Run all that CI runs: format, lints, and all tests, native and wasm

fmt: ## Format the code
	cargo fmt --all

lint: module ## Check format, lints and documentation
	$(step) 'format'
	cargo fmt --all --check
	$(step) 'lints'
	@if command -v shellcheck >/dev/null; then \
		shellcheck --external-sources $(filter-out %.mjs,$(wildcard scripts/*)) .ci/run; \
	else \
		echo 'shellcheck is not installed: the scripts go unchecked' >&2; \
	fi
	cargo clippy --workspace --all-targets --release -- --deny warnings
	@# What is built without the engine is only checked: it shares most of what has been checked above.
	cargo clippy --package sessionize-cli --no-default-features --release -- --deny warnings
	$(step) 'documentation'
	RUSTDOCFLAGS='--deny warnings' cargo doc --workspace --no-deps --release

test-setup: ## Check what the set-up does on other machines
	$(step) 'tests of the set-up'
	scripts/test-setup

# What ships runs in the dev profile, where an overflow panics; none of these crates needs the
# engine.
test-native: setup ## Run the tests on this machine, and the module in Fluvio's engine
	$(step) 'modules'
	scripts/build-module
	scripts/build-module --wasip1
	scripts/build-module sessionize-noop
	$(step) 'tests of the formats, the core and the adapter'
	cargo test $(shipped:%=--package %)
	$(step) 'tests in the engine'
	cargo test --workspace $(shipped:%=--exclude %) --release

test-wasm: setup ## Run the tests of the formats and the core in WebAssembly, in Node
	$(step) 'tests in WebAssembly'
	scripts/test-wasm

test-analytics: build ## Run the queries of analytics/ in DuckDB and in DataFusion
	$(step) 'tests of the queries'
	scripts/test-analytics

bench: build ## Measure records per CPU second, against the generated do-nothing module
	scripts/build-module sessionize-noop
	cargo build --release --workspace --bin bench
	$(target)/release/bench $(ARGS)

bench-state: module ## Measure bytes and time per key, up to 10 million keys
	cargo build --release --workspace --bin bench-state
	$(target)/release/bench-state $(ARGS)

bench-sort: build ## Sort 10 GB in 1 GiB of memory (ARGS='--gigabytes 1 --memory 100MiB' for a tenth of it)
	scripts/bench-sort --program $(target)/release/sessionize $(ARGS)

endurance: module ## Write more than 3 GB through one instance, and print its memory
	cargo build --release --workspace --bin endurance
	$(target)/release/endurance $(ARGS)

simulate: module ## Run the simulated brokers over many seeds
	cargo build --release --workspace --bin simulate
	$(target)/release/simulate $(ARGS)

fuzz: ## Fuzz every reader and the adapter (ARGS='--seconds 600 json' for longer, or one of them)
	scripts/fuzz $(ARGS)

# It says what is missing before anything is built.
e2e: ## Deploy to a real cluster, and break it (E2E_START=1 starts one)
	@scripts/e2e --needs
	$(MAKE) build
	cargo build --release --workspace --bin judge
	scripts/e2e $(ARGS)

clean: ## Remove all that was built
	cargo clean
