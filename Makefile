# Two commands matter: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test live check lint types imports format benchmark clean

demo: $(VENV)/.runtime  ## open engagewatch on a simulated provider
	@$(BIN)/engagewatch demo

test: $(VENV)/.development  ## run the test suite
	@$(BIN)/python -m pytest -n auto

live: $(VENV)/.development  ## run against real servers from Debian's packages; needs root
	@ENGAGEWATCH_LIVE=1 $(BIN)/python -m pytest tests/live -v

check: lint types imports test  ## everything CI runs

lint: $(VENV)/.development
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.development
	@$(BIN)/mypy

imports: $(VENV)/.development
	@$(BIN)/lint-imports

format: $(VENV)/.development
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

benchmark: $(VENV)/.development  ## measure against the targets in docs/performance.md
	@$(BIN)/pip install --quiet --disable-pip-version-check '.[benchmark]'
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "engagewatch needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making the environment in $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml | $(BIN)/python
	@echo "Installing engagewatch ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.development: pyproject.toml | $(BIN)/python
	@echo "Installing engagewatch and its test tools ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.runtime
