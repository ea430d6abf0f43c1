.DEFAULT_GOAL := help
CONFIGURATION ?= Release
SECONDS ?= 60

.PHONY: help run test faults browser fuzz fuzz-coverage drills bench bench-limits bench-audit study format precommit

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the whole product on this machine
	dotnet run --project silo

test: ## unit, cluster, http and short fault tests
	dotnet test

faults: ## only the fault tests: real processes, real Redis, kill -9
	dotnet test --project tests/faults

drills: ## the long fault tests, several minutes each
	FAULTS=long dotnet test --project tests/faults

browser: ## pages in a real browser (Debian's chromium)
	dotnet run --project tests/browser

fuzz: ## mutate the kept corpus against every parser of foreign bytes (SECONDS=60 each, TARGET=name for one)
	dotnet run --project tests/fuzz -c $(CONFIGURATION) -- --seconds $(SECONDS) $(if $(TARGET),--target $(TARGET))

fuzz-coverage: ## how much of each parser the kept corpus reaches
	dotnet run --project tests/fuzz -c Debug -- --coverage

bench: ## requests/s, latency, CPU and memory beside YARP and a minimal proxy
	dotnet run --project tests/bench/load -c $(CONFIGURATION) -- compare
	dotnet run --project tests/bench/micro -c $(CONFIGURATION) -- --filter '*'

bench-limits: ## grants a second over SQLite and Redis, and memory of 100,000 subjects and budgets
	dotnet run --project tests/bench/limits -c $(CONFIGURATION) -- grants
	dotnet run --project tests/bench/limits -c $(CONFIGURATION) -- subjects
	dotnet run --project tests/bench/limits -c $(CONFIGURATION) -- budgets
	dotnet run --project tests/bench/limits -c $(CONFIGURATION) -- lending

bench-audit: ## records a second of an audit log over SQLite and Redis
	dotnet run --project tests/bench/limits -c $(CONFIGURATION) -- audit

study: ## routing strategies in virtual time, against the targets they are held to; keeps the tables
	dotnet run --project tests/bench/Studies -c $(CONFIGURATION) -- routing --output tests/bench/results/routing

format: ## format everything
	dotnet format

precommit: ## what every change must pass before it is committed
	dotnet format --verify-no-changes
	dotnet build
	dotnet test --no-build
