# Without make, the tests are run by: go run ./e2e/check

GO       ?= go
FUZZTIME ?= 30s
FOR      ?= 0s
CUTS     ?= 100000
OPS      ?= 10000000
KILLS    ?= 1000
CHECK    := .cache/check

.PHONY: help build test unit bench bench-engine bench-servers fuzz soak kills mutants matrix generate clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 15

build: ## Build rowan
	$(GO) build -trimpath -o rowan .

# Built without cgo, because gcc may be among what it is to install, and run
# without "go run", which would not pass signals on.
test: ## Install what the tests need, and run every check and test
	@CGO_ENABLED=0 $(GO) build -buildvcs=false -o $(CHECK) ./e2e/check
	@exec $(CHECK)

unit: ## Run the tests that need neither servers nor a terminal
	$(GO) test $$($(GO) list ./... | grep -v /e2e)

bench: ## Measure rowan beside other tools, and print medians and ratios
	cd bench && $(GO) run .

bench-engine: ## Measure the engine beside others (QUICK=1: two minutes), and fail if a target is missed
	cd bench && $(GO) run ./engine

bench-servers: ## Measure rowan on database servers beside their drivers, and fail if a target is missed
	cd bench && $(GO) run ./servers

fuzz: ## Run each fuzz target for FUZZTIME (30s)
	@GO='$(GO)' FUZZTIME='$(FUZZTIME)' bash .ci/fuzz

soak: ## Run random programs with CUTS (100000) power cuts and OPS operations against the engine, FOR a time at least
	$(GO) test ./btree -run '^TestSoak$$' -v -count 1 -timeout 0 -soak.cuts $(CUTS) -soak.ops $(OPS) -soak.for $(FOR) $(SOAK)

kills: ## Kill a process that writes to the engine's file KILLS (1000) times, and look at what it leaves
	$(GO) test ./btree -run '^TestKilledProcessLosesNothing$$' -v -count 1 -timeout 0 -kills $(KILLS)

mutants: ## Make mistakes in the engine on which durability depends, and see a test fail for each
	$(GO) test ./btree -run '^TestMutantsAreCaught$$' -v -count 1 -timeout 0 -mutants .

matrix: ## Test the engine at 4, 16 and 64 KB pages, with and without the log, with unsafe and checked loads, raced, and on other machines
	@GO='$(GO)' bash .ci/matrix

generate: ## Write the generated documents anew
	$(GO) generate ./...

clean: ## Remove what was built
	rm -rf rowan dist .cache
