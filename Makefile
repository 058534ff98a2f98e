# Everything the project can do for you. Each target brings what it needs first: see tools/run.
SHELL := /bin/sh
.DEFAULT_GOAL := help
run := tools/run
lean := tools/run --without-binaries

.PHONY: help
help: ## show this
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## watch the whole story: chain, cluster, cloud, an award, and its end (about two minutes)
	@$(run) node dev/demo/main.ts

.PHONY: up
up: ## start chain, cluster, cloud and operator, and leave them running
	@$(run) node dev/up.ts

.PHONY: down
down: ## end what `make up` has started
	@$(run) node dev/down.ts

.PHONY: test
test: ## everything CI checks; the last line says how many passed and failed
	@$(run) node test/run.ts

.PHONY: check
check: ## format, lint, types, unused code, generated files, the runtime's digest
	@$(lean) node test/run.ts checks

.PHONY: test-unit
test-unit: ## the tests beside the code
	@$(lean) node test/run.ts unit

.PHONY: test-integration
test-integration: ## parts against a real API server, or the cluster KUBECONFIG names
	@$(run) node test/run.ts integration

.PHONY: test-hostile
test-hostile: ## attacks of strangers: each is refused, contained or harmless
	@$(run) node test/run.ts hostile

.PHONY: test-e2e
test-e2e: ## whole stories
	@$(run) node test/run.ts e2e

.PHONY: test-faults
test-faults: ## the same with things going wrong
	@$(run) node test/run.ts faults

.PHONY: test-sweep
test-sweep: ## the operator killed at every one of its effects (hours); make test takes a sample
	@DINFRA_SWEEP=all $(run) node test/run.ts sweep

.PHONY: test-chain
test-chain: ## the pallets, when there is a Rust toolchain
	@$(lean) node test/run.ts chain

.PHONY: bench
bench: ## measure; writes bench/report.json and the tables of docs/benchmarks.md
	@$(run) node bench/main.ts

.PHONY: generate
generate: ## make the generated files anew: CRDs, pages, chain types, samples, the Kustomize base
	@$(lean) npm run --silent generate
	@$(run) npm run --silent generate:kustomize

.PHONY: format
format: ## format and fix what can be fixed
	@$(lean) npx biome check --write .

.PHONY: build
build: ## bundle the operator and the dinfra command into dist/, as they are shipped
	@$(lean) node dev/build/bundle.ts

.PHONY: image-tree
image-tree: ## make the image's root file system in dist/image, without a container engine; needs Debian
	@$(run) tools/image-tree dist/image

.PHONY: wasm
wasm: ## build the chain's runtime; needs Rust, see chain/build
	@chain/build

.PHONY: clean
clean: ## remove what was built; the cache outside the checkout stays
	rm -rf dist coverage .dinfra bench/report.json
