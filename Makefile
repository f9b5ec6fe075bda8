# make demo   the CA3 memory on real digits: claimed versus measured, a figure and a recording
# make test   lint, types and the tests that take seconds; test-all adds the slow ones
# make bench  the speed of all benchmarks, compared with the results that RESULTS names (the last of
#             docs/benchmarks unless given); fails at a slowdown beyond noise. Writes OUT.
# Each makes .venv and installs what it needs; a second call starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SPEC := pyproject.toml setup.py constraints.txt

RESULTS ?= $(lastword $(sort $(wildcard docs/benchmarks/*.json)))
OUT ?= runs/bench.json

.PHONY: demo test test-all lint bench clean distclean

demo: $(VENV)/.base
	$(BIN)/neurosim run ca3_recall --check --out runs/ca3_recall

test: lint
	$(PYTEST)

test-all: lint
	$(PYTEST) -m "slow or not slow"

bench: $(VENV)/.base
	mkdir -p $(dir $(OUT))
	$(BIN)/neurosim bench all --precision both --out $(OUT) $(if $(RESULTS),--against-results $(RESULTS))

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

$(VENV)/.pip:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	touch $@

$(VENV)/.base: $(SPEC) | $(VENV)/.pip
	@echo "installing into $(VENV) (once)"
	$(INSTALL) --editable ".[data]"
	touch $@

# torch first, so that nothing draws in another build of it; norse without the torchvision that it asks
# for and does not need; PyNN's source archive for its scenarios, which are tests of ours
$(VENV)/.dev: $(SPEC) | $(VENV)/.pip
	@echo "installing what the tests need into $(VENV) (once)"
	$(INSTALL) torch
	$(INSTALL) --editable ".[data,pynn,brian2,neo,nir,io]" --group test --group lint snntorch
	$(INSTALL) --no-deps norse
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --constraint constraints.txt \
	    --no-deps --no-build-isolation --no-binary pynn --dest $(VENV)/sources pynn
	touch $@
