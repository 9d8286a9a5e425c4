# Two commands do everything on a fresh machine with Python 3.11: `make try` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := tests/clients/node_modules
SDKS := tests/clients/.venv
GEMINI := $(CURDIR)/$(CLIENTS)/gemini-cli-newest/bundle/gemini.js
MATRIX := tests/clients/test_matrix.py tests/clients/test_matrix_gemini.py
PYTEST_ARGS ?=

.PHONY: try setup test matrix benchmark clients check doctor-corpus format generate pictures lock clean

try: $(VENV)/.ready clients
	@BYTESPIKE_GEMINI_BIN=$${BYTESPIKE_GEMINI_BIN:-$$(ls $(GEMINI) 2>/dev/null)} $(BIN)/bytespike sandbox try

# All that the tests need; `make -j 3 setup` fetches it at once.
setup: $(VENV)/.ready clients $(SDKS)/.ready

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

# Real clients × what they are used for × the gateway's dialects, printed as a table.
matrix: setup
	$(BIN)/python -m pytest -q -n 2 --dist worksteal $(MATRIX)

# What the shim costs, beside nginx, LiteLLM's proxy and Portkey's gateway; puts it into the README.
benchmark: $(VENV)/.ready
	$(BIN)/python -m benchmarks.relay --write

check: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

doctor-corpus: $(VENV)/.ready
	$(BIN)/python -m tests.doctor.corpus

generate: $(VENV)/.ready
	$(BIN)/python -m tests.generate

pictures: $(VENV)/.ready
	$(BIN)/python -m tests.pictures

lock:
	uv pip compile pyproject.toml --extra dev --generate-hashes --universal \
	  --python-version 3.11 --no-emit-index-url --no-header --no-annotate \
	  --upgrade --output-file requirements/dev.txt
	for list in clients "clients-genai-2 --no-deps" "clients-aider --no-emit-package scipy"; do \
	  set -- $$list; name=$$1; shift; \
	  uv pip compile requirements/$$name.in --generate-hashes --universal \
	    --python-version 3.11 --no-emit-index-url --no-header --no-annotate "$$@" \
	    --upgrade --output-file requirements/$$name.txt || exit; \
	done
	cd tests/clients && npm install --package-lock-only

clean:
	rm -rf $(VENV) $(CLIENTS) $(SDKS) .mypy_cache .ruff_cache .hypothesis

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  f"bytespike needs Python 3.11, this is {sys.version.split()[0]}: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
	@touch $@

# The real clients, pinned. Without node the tests of them are skipped, and `make try` says so.
clients:
	@if command -v npm >/dev/null 2>&1; then \
	  $(MAKE) --no-print-directory $(CLIENTS)/.ready; \
	else \
	  echo "node is not installed: going on without gemini-cli"; \
	fi

$(CLIENTS)/.ready: tests/clients/package-lock.json
	npm ci --prefix tests/clients --loglevel=error
	@touch $@

# Python's SDKs, pinned, in an environment of their own; google-genai 2 and LangChain beside 3, for
# the same dependencies serve both. aider pins each of its own: it has a folder to itself, without
# scipy, which ranks its map of a repository. The lists are whole: pip is not asked to resolve
# anything.
$(SDKS)/.ready: requirements/clients.txt requirements/clients-genai-2.txt requirements/clients-aider.txt
	$(PYTHON) -m venv $(SDKS)
	$(SDKS)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --require-hashes -r requirements/clients.txt
	$(SDKS)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --require-hashes --upgrade --target $(SDKS)/genai-2 \
	  -r requirements/clients-genai-2.txt
	$(SDKS)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile \
	  --no-deps --require-hashes --upgrade --target $(SDKS)/aider \
	  -r requirements/clients-aider.txt
	@touch $@
