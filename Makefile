# Everything a person does here is one of these. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# Any Python from 3.11 on; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Tests of screens wait as much as they work, so two run on each processor.
JOBS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))
# Tests that share a running portal name a group, and stay in one process.
PYTEST = $(BIN)/pytest -n $(JOBS) --dist loadgroup

.PHONY: help run demo test check fix bench snapshots pictures docs tools clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/run: pyproject.toml
	@test -n "$(PYTHON)" || { echo "tui-mfa needs Python 3.11 or newer; set PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/dev: $(VENV)/run
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

run: $(VENV)/run ## Install what is missing and open the portal
	@$(BIN)/tui-mfa

demo: $(VENV)/run ## A seeded account with a phone and a mailbox beside it; nothing leaves this machine
	@$(BIN)/tui-mfa demo

tools: ## Install the programs that the end-to-end tests drive (tmux, xterm, Xvfb, oathtool)
	@sh tests/install-tools.sh

test: $(VENV)/dev tools ## Install what is missing and run every test
	@$(PYTEST) $(ARGS)

check: $(VENV)/dev ## Formatting, lint, types, import walls
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(VENV)/dev ## Format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/dev ## Print the ratios of docs/benchmarks.md
	@$(BIN)/python -m benchmarks

snapshots: $(VENV)/dev ## Take the snapshots again; look at each change before you commit it
	@$(PYTEST) tests/snapshot --snapshot-update

pictures: $(VENV)/dev ## Draw the pictures of the README again
	@$(BIN)/python -m tests.snapshot.take_pictures

docs: $(VENV)/dev ## Take the numbers of SECURITY.md from the code again
	@$(BIN)/python -m tests.architecture.security_numbers

clean: ## Remove the environment and the caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache build dist *.egg-info
