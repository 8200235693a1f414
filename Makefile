# `make help` lists what there is. Everything that is missing on the machine is
# installed by scripts/setup.sh; Go tools are built into .cache/bin.

SHELL := bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.cache/bin:$(PATH)

ADDR ?= 127.0.0.1:8080
DATA ?= ./data
# Packages to test, and further flags for go test: make test PKG=./internal/plan/... TESTFLAGS=-race
PKG ?= ./...
TESTFLAGS ?=
# The revision is stamped into the binary, except where git refuses to tell it:
# in a clone that belongs to another user, for instance.
BUILDVCS = $(shell git rev-parse HEAD >/dev/null 2>&1 && echo auto || echo false)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: build
build: ## Build bin/orchestrate, the binary alone
	CGO_ENABLED=0 go build -buildvcs=$(BUILDVCS) -trimpath -o bin/orchestrate ./cmd/orchestrate

.PHONY: run
run: ## Install what is missing, build, and serve at $ADDR (127.0.0.1:8080)
	scripts/setup.sh run
	$(MAKE) --no-print-directory build
	exec bin/orchestrate serve --addr $(ADDR) --data $(DATA)

.PHONY: demo
demo: ## Serve as make run does, and ingest the bundled clip; DEMO_EXIT=1 stops after that
	scripts/setup.sh run
	$(MAKE) --no-print-directory build
	ADDR=$(ADDR) DATA=$(DATA) scripts/demo.sh

.PHONY: test
test: ## Install what is missing and run every test
	scripts/setup.sh test
	gotestsum --format pkgname-and-test-fails --hide-summary=skipped -- -timeout 30m $(TESTFLAGS) $(PKG)
	[[ "$(PKG)" != ./... ]] || $(MAKE) --no-print-directory test-stack

# How long chaos goes on: make chaos CHAOS=10m
CHAOS ?= 1m

.PHONY: test-stack
test-stack: ## Run the end-to-end tests on Postgres, Temporal and S3, and a minute of chaos
	scripts/setup.sh test
	ORCHESTRATE_E2E_STACK=full gotestsum --format pkgname-and-test-fails --hide-summary=skipped -- -timeout 30m -count 1 -parallel 1 $(TESTFLAGS) ./internal/e2e
	$(MAKE) --no-print-directory chaos

.PHONY: chaos
chaos: ## Kill and cut what an installation of several processes consists of, for $CHAOS (1m)
	scripts/setup.sh test
	CHAOS=$(CHAOS) go test ./internal/chaos -count 1 -v -timeout 0 $(TESTFLAGS)

.PHONY: race
race: ## Run the tests of what is concurrent under the race detector
	scripts/setup.sh race
	gotestsum --format pkgname-and-test-fails -- -race -timeout 30m \
		./internal/engine/... ./internal/orchestrate/... ./internal/store/... ./internal/upload/... ./internal/plan/...

.PHONY: fuzz
fuzz: ## Run every fuzz test for 10 seconds
	scripts/fuzz.sh 10s

.PHONY: check
check: ## Check format, lint, layers, scripts and generated files
	scripts/setup.sh check
	scripts/check.sh

.PHONY: bench
bench: ## Measure a whole ingest against bare ffmpeg, and ingests per second
	scripts/setup.sh run
	go test -run '^$$' -bench ControlPlane -benchtime 3000x -count 3 -timeout 10m ./internal/bench
	go test -run '^$$' -bench Overhead -benchtime 2x -timeout 30m ./internal/bench

.PHONY: bench-media
bench-media: ## Measure an ingest against a script of one ffmpeg per rendition, in time and in SSIM
	scripts/setup.sh run
	go test -run '^$$' -bench MediaQuality -benchtime 1x -timeout 30m -v ./internal/bench
	go test -run '^$$' -bench MediaIngest -benchtime 3x -timeout 30m -v ./internal/bench

# Ingests in the large database of bench-api: make bench-api N=10000000
N ?= 1000000

.PHONY: bench-api
bench-api: ## Measure the Status API with 10,000 and $N (1000000) ingests against a plain handler
	scripts/setup.sh run
	$(MAKE) --no-print-directory build
	mkdir -p .cache/bench
	go build -o .cache/bench/bench-api ./internal/bench/api
	.cache/bench/bench-api --n $(N)

.PHONY: bench-scale
bench-scale: ## Measure workers on Postgres, Temporal and S3: throughput, control plane, death, cancel, costs
	scripts/setup.sh test
	go test -run '^$$' -bench 'Scale(Workers|Ingests|Death|Cancel)' -benchtime 3x -timeout 60m -v ./internal/bench
	go test -run '^$$' -bench ScaleCosts -benchtime 1x -timeout 30m -v ./internal/bench

.PHONY: screenshots
screenshots: ## Make the pictures of all pages in docs/screenshots anew
	scripts/setup.sh test
	mkdir -p docs/screenshots
	go test ./internal/uitest -run TestPages -count 1 -timeout 10m -screenshots $(CURDIR)/docs/screenshots

.PHONY: generate
generate: ## Write generated files anew: API types, client, THIRD_PARTY_NOTICES
	scripts/setup.sh generate
	scripts/generate.sh

.PHONY: format
format: ## Format all Go files
	scripts/setup.sh check
	gofumpt -w $$(git ls-files --cached --others --exclude-standard '*.go')

.PHONY: clean
clean: ## Remove what was built; data folders stay
	rm -rf bin .cache
