# One command for each task. CI runs the same ones.
#
# What needs the engine is only built in release mode: without optimization it is a hundred times as
# slow.
#
# Each build selects the whole workspace. With other packages the engine would get other features,
# and cargo would spend several minutes on compiling it again.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two cargos that share a target folder only wait for each other.
.NOTPARALLEL:

target := $(or $(CARGO_TARGET_DIR),target)
demo := $(target)/demo
events := 200000

# The module that is built into the program; see cli/build.rs.
export SESSIONIZE_EMBED := $(abspath $(target))/release/sessionize.wasm

# Arguments for the program that a command runs, as in `make simulate ARGS='--seeds 100000'`.
ARGS :=

# The crates whose code is in the module. Their tests run in the dev profile.
shipped := sessionize-formats sessionize-core sessionize-smartmodule

# .ci/run measures the time from one such line to the next.
step = @printf '==> %s\n'

.PHONY: help setup build module program demo dist test fmt lint test-setup test-native test-wasm
.PHONY: query test-analytics test-query test-fuzz bench bench-state bench-sort endurance simulate fuzz
.PHONY: e2e bench-broker clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## Prepare this machine to build for WebAssembly, or say what to install
	$(step) 'set-up'
	@scripts/setup

build: program ## Build the SmartModule and the program, into target/release/

module: setup
	$(step) 'module'
	scripts/build-module

program: module
	$(step) 'host program'
	cargo build --release --workspace --bin sessionize

demo: build ## Sessionize a generated log of 200,000 events, and show some of the output
	$(step) 'demo'
	@mkdir -p $(demo)
	$(target)/release/sessionize generate --events $(events) --format elb --disorder 30s --output $(demo)/access.log
	head -n 2 $(demo)/access.log
	@# First with the SmartModule, as a broker runs it, then natively: both must give the same.
	$(target)/release/sessionize run $(demo)/access.log --engine --output $(demo)/engine.ndjson
	$(target)/release/sessionize run $(demo)/access.log --output $(demo)/sessions.ndjson
	cmp $(demo)/engine.ndjson $(demo)/sessions.ndjson
	head -n 4 $(demo)/sessions.ndjson

query: ## Build sessionize-query, which answers in SQL and writes reports, beside the program
	$(step) 'program for questions'
	@# A workspace of its own, so that nothing else waits for the SQL engine.
	cargo build --release --manifest-path query/Cargo.toml --target-dir $(target)/query-build
	@mkdir -p $(target)/release
	cp $(target)/query-build/release/sessionize-query $(target)/release/

dist: build ## Pack the program, the module and all licences into an archive, and try it elsewhere
	$(step) 'package'
	scripts/dist

test: lint test-setup test-native test-wasm test-analytics test-query test-fuzz dist ## Run what CI runs: lints and all tests

fmt: ## Format the code
	cargo fmt --all
	cargo fmt --manifest-path tests/fuzz/Cargo.toml
	cargo fmt --manifest-path query/Cargo.toml

lint: module ## Check format, lints and documentation
	$(step) 'format'
	cargo fmt --all --check
	cargo fmt --check --manifest-path tests/fuzz/Cargo.toml
	cargo fmt --check --manifest-path query/Cargo.toml
	$(step) 'lints'
	@if command -v shellcheck >/dev/null; then \
		grep -lE '^#!.* bash$$|^# shellcheck shell=bash' scripts/* .ci/run | \
			xargs shellcheck --external-sources; \
	else \
		echo 'shellcheck is not installed: the scripts go unchecked' >&2; \
	fi
	cargo clippy --workspace --all-targets --release -- --deny warnings
	@# What is built without the engine and the client is only checked: most of it has been tested.
	cargo clippy --package sessionize-cli --no-default-features --release -- --deny warnings
	$(step) 'documentation'
	RUSTDOCFLAGS='--deny warnings' cargo doc --workspace --no-deps --release

test-setup: ## Check what the set-up does on other machines
	$(step) 'tests of the set-up'
	scripts/test-setup

# The crates that ship in the module run in the dev profile, where an overflow panics. None of them
# needs the engine.
test-native: setup ## Run the native tests, and those of the module in Fluvio's engine
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

test-analytics: build ## Run the queries in analytics/ in DuckDB and in DataFusion
	$(step) 'tests of the queries'
	scripts/test-analytics

# In the dev profile: optimised, DataFusion takes more than twice as long to build.
test-query: build ## Ask sessionize-query every question, and look at a report in a browser
	$(step) 'program for questions'
	cargo test --manifest-path query/Cargo.toml --target-dir $(target)/query-build
	cargo build --manifest-path query/Cargo.toml --target-dir $(target)/query-build
	$(step) 'tests of the program for questions'
	scripts/test-query

test-fuzz: ## Fuzz every target for a few seconds
	$(step) 'fuzz targets'
	scripts/fuzz --seconds 3

bench: build ## Measure records per CPU second, compared with a module that does nothing
	scripts/build-module sessionize-noop
	cargo build --release --workspace --bin bench
	$(target)/release/bench $(ARGS)

bench-state: module ## Measure bytes and time per key, up to 10 million keys
	cargo build --release --workspace --bin bench-state
	$(target)/release/bench-state $(ARGS)

bench-sort: build ## Sort 10 GB in 1 GiB of memory (ARGS='--gigabytes 1 --memory 100MiB' for a tenth of it)
	scripts/bench-sort --program $(target)/release/sessionize $(ARGS)

endurance: module ## Write more than 3 GB with one instance, and print its memory
	cargo build --release --workspace --bin endurance
	$(target)/release/endurance $(ARGS)

simulate: module ## Run the module in simulated brokers, with many seeds
	cargo build --release --workspace --bin simulate
	$(target)/release/simulate $(ARGS)

fuzz: ## Fuzz every reader and the adapter (ARGS='--seconds 600 json' for one of them, longer)
	scripts/fuzz $(ARGS)

bench-broker: ## Measure what the module costs a broker (needs fluvio and a cluster of its own)
	@scripts/bench-broker --needs
	$(MAKE) build
	scripts/build-module sessionize-noop
	scripts/bench-broker $(ARGS)

# It checks what it needs before anything is built.
e2e: ## Test on a real cluster, and crash it (E2E_START=1 starts one)
	@scripts/e2e --needs
	$(MAKE) build
	cargo build --release --workspace --bin judge --bin producer
	scripts/e2e $(ARGS)

clean: ## Remove everything that was built
	cargo clean
