# make demo   the CA3 memory on real digits: claimed versus measured, a figure and a recording
# make test   lint, types and the tests that take seconds; test-all adds the slow ones and test-spinnaker
# make test-spinnaker   what needs sPyNNaker: its toolchain on virtual boards, and the board's own programs in a
#             CPU emulator as the judge of ours. Makes an environment of its own, .venv-spinnaker.
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

# sPyNNaker pins much of what it needs
SPINNAKER := .venv-spinnaker

.PHONY: demo test test-all test-spinnaker lint bench clean distclean

demo: $(VENV)/.base
	$(BIN)/neurosim run ca3_recall --check --out runs/ca3_recall

test: lint
	$(PYTEST)

test-all: lint test-spinnaker
	$(PYTEST) -m "not spinnaker and not firmware"

test-spinnaker: $(SPINNAKER)/.ready
	$(SPINNAKER)/bin/python -m pytest --numprocesses auto --maxprocesses 4 -m "spinnaker or firmware" \
	    tests/hardware tests/firmware tests/neurosim/cli/test_deploy.py

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
	rm -rf $(VENV) $(SPINNAKER)

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

$(SPINNAKER)/.ready: $(SPEC)
	@echo "installing sPyNNaker into $(SPINNAKER) (once)"
	$(PYTHON) -m venv $(SPINNAKER)
	$(SPINNAKER)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(SPINNAKER)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	    --editable ".[data,firmware]" pytest pytest-xdist hypothesis
	touch $@
