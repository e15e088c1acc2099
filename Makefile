# What a newcomer types: `make demo`, `make test`. Everything else is for people who change Bedside.
PYTHON ?= python3
BIN := .venv/bin
PARTS := core knowledge plugins integrations

.DEFAULT_GOAL := help
.PHONY: help .venv demo test test-fast lint types format schemas docs bench neo4j neo4j-stop llama constraints clean

help: ## This list
	@grep -hE '^[a-z0-9._-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv: .venv/.installed ## The Python environment with everything in it (docs/install.md: CUDA, Metal, offline)

.venv/.installed: pyproject.toml setup.py constraints.txt tools/setup_env.py
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer, then: make .venv PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) tools/setup_env.py

demo: .venv ## Install, build the starter knowledge, answer three real questions
	@$(BIN)/bedside demo

test: lint types ## Import rules, style, types and the whole test suite
	@$(BIN)/python -m pytest

test-fast: .venv ## The tests that take less than ten seconds each
	@$(BIN)/python -m pytest -q -m "not slow and not neo4j"

lint: .venv ## Import rules and style
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv ## Type check (core strictly)
	@mkdir -p .typecheck/bedside
	@for part in $(PARTS); do ln -sfn ../../$$part .typecheck/bedside/$$part; done
	@$(BIN)/mypy

format: .venv ## Put the code into its style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

schemas: .venv ## Write the JSON Schemas of the types again
	@$(BIN)/python -m bedside.core.schemas

docs: .venv ## Write api.md, the schemas and the blocks of output again (BEDSIDE_HOME: a folder with the starter knowledge only)
	@$(BIN)/python tools/api_docs.py
	@$(BIN)/python -m bedside.core.schemas
	@$(BIN)/python tools/doc_blocks.py

bench: .venv ## Run the benchmarks; results in bench/out/results.json
	@$(BIN)/python bench/run.py

neo4j: .venv ## Start a real Neo4j on loopback for the tests (Java 17+ and Maven)
	@$(BIN)/python tools/neo4j.py start

neo4j-stop: .venv ## Stop it
	@$(BIN)/python tools/neo4j.py stop

llama: .venv ## Build llama-cpp-python again, e.g. CMAKE_ARGS=-DGGML_CUDA=on
	@$(PYTHON) tools/setup_env.py --only llama

# torch pins its own nvidia-*, cuda-* and triton exactly, and differently per backend: here they would be in its way.
constraints: .venv ## Choose exact versions anew within the ranges of pyproject.toml
	@env -u UV_TORCH_BACKEND $(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --constraint tools/held.txt --upgrade --no-annotate --no-header --quiet --output-file .venv/pins.txt
	@{ echo "# Exact versions of everything that .[dev] brings. Written by 'make constraints'; tools/held.txt holds two back."; \
	  grep -vE '^(nvidia-|cuda-|triton|#)' .venv/pins.txt; } > constraints.txt
	@echo "constraints.txt: $$(grep -c == constraints.txt) pins"

clean: ## Remove what can be made again (not the knowledge: that is in BEDSIDE_HOME)
	rm -rf .venv .typecheck .pytest_cache .ruff_cache .mypy_cache .import_linter_cache build dist bench/out *.egg-info
