# `make demo` shows everything; `make test` proves it. The recipes only call scripts/, swift and each other.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help bootstrap build demo test bench lint format fuzz sanitize clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | awk -F'|' '{ printf "%-18s%s\n", $$1, $$2 }'

bootstrap: ## install what the build needs (Debian packages, libraries from PyPI)
	@scripts/bootstrap

build: bootstrap ## build the optimised program and link it as bin/apus
	swift build -c release --product apus --static-swift-stdlib
	@mkdir -p bin && ln -sfn "../.build/release/apus" bin/apus && echo "built bin/apus"

demo: build ## run the whole system on real data into demo-workspace/
	@scripts/demo

test: ## run every test
	@scripts/bootstrap --tests
	swift test $(SWIFT_TEST_FLAGS)

bench: build ## measure, with the peers beside
	@scripts/bootstrap --tests $(if $(filter 0,$(ENGINE_PEERS)),,--bench)
	@scripts/bench

lint: ## check the formatting of Swift and the syntax of scripts
	@scripts/lint

format: ## format all Swift code
	@scripts/format

fuzz: bootstrap ## fuzz the decoders for FUZZ_SECONDS (default 60)
	@scripts/fuzz $(or $(FUZZ_SECONDS),60)

sanitize: ## run tests under the sanitizers; SANITIZE=thread for that one
	@scripts/bootstrap --tests
	@scripts/sanitize $(SANITIZE)

clean: ## remove what was built; keeps .deps and workspaces
	rm -rf .build bin
