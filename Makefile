# Needs Python 3.11 or newer with venv and pip, make and git; everything else comes from requirements.lock.
# uv, where it is on PATH, installs the same lock faster; where it fails (it does not read pip's settings), pip does it.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
LOCKED := --quiet --require-hashes -r requirements.lock
OURS := --quiet --no-deps --no-build-isolation -e .
WITH_UV = uv venv --quiet --clear --python "$$(command -v $(PYTHON))" .venv \
	&& uv pip install --python $(BIN)/python $(LOCKED) && uv pip install --python $(BIN)/python $(OURS)
WITH_PIP = $(PYTHON) -m venv --clear .venv \
	&& $(BIN)/python -m pip --disable-pip-version-check install $(LOCKED) \
	&& $(BIN)/python -m pip --disable-pip-version-check install $(OURS)
TESTS := tests

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

site: .venv/installed ## check the sample data and build both languages into site/
	@$(BIN)/playbook build

test: .venv/installed ## run every test, the browser's included (TESTS=path for some)
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)

serve: .venv/installed ## preview both languages, reloading on a change
	@$(BIN)/playbook serve

sample: .venv/installed ## write the made-up team's exports again, from the seed
	@$(BIN)/python -m data.generator

lock: ## pin every dependency anew, with hashes (needs uv)
	@uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' --group test --group build pyproject.toml -o requirements.lock

clean: ## remove what the other targets made
	rm -rf .venv build site .pytest_cache .hypothesis .import_linter_cache

.venv/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found; set one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "Setting up .venv with $$($(PYTHON) --version) from requirements.lock: a minute or less …"
	@{ test -n "$(UV)" && $(WITH_UV); } || { $(WITH_PIP); }
	@touch $@

.PHONY: help site test serve sample lock clean
