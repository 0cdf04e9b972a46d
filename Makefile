PYTHON ?= python3
VENV := .venv
OLDEST := .venv-oldest
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 15

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

.PHONY: env
env: $(READY) ## create the environment in .venv

.PHONY: demo
demo: $(READY) ## find the midline of every image in sample_data/, score one, and say where the pictures are
	$(BIN)/symline midline $(sort $(wildcard sample_data/*.npy sample_data/*.tif)) --output out --overwrite
	$(BIN)/symline score sample_data/scoliosis.npy --output out --overwrite
	@echo
	@echo 'The pictures:'
	@ls out/*.overlay.png out/*.asymmetry.png

.PHONY: test
test: $(READY) ## run the whole quick test suite
	@$(BIN)/python -m pytest --numprocesses auto --dist loadgroup

.PHONY: oldest
oldest: ## run it with the oldest packages that pyproject.toml allows (needs Python 3.11)
	$(PYTHON) -m venv $(OLDEST)
	sed -n '/^dependencies/,/^]/s/.*"\(.*\)>=\(.*\)",/\1==\2/p' pyproject.toml > $(OLDEST)/constraints.txt
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(OLDEST)/constraints.txt --editable '.[dev]'
	@$(OLDEST)/bin/python -m pytest --numprocesses auto --dist loadgroup

.PHONY: lint
lint: $(READY) ## check format, style, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: check
check: lint test ## everything that must pass before a commit

.PHONY: format
format: $(READY) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: clean
clean: ## remove what make has made
	rm -rf $(VENV) $(OLDEST) out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
