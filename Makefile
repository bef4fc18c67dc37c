# Everything a newcomer types. Needs Python 3.11 or later and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test tools check check-long bench words lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## a working desk on http://127.0.0.1:8000 (PORT=8001 make run for another port)
	@exec $(BIN)/python -m router up

# Three test processes: of two on two cores, each stands idle a quarter of its time, waiting for what it started.
test: tools ## every test, with what it needs; TESTS=tests/rules for some of them
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(TESTS)

# Bytecode is written whatever the environment says, for the tests start hundreds of processes that read the same
# modules; on a new machine by one that reads all tests beside the fetching of programs, else by each of the three.
tools test: export PYTHONDONTWRITEBYTECODE =
tools: $(VENV)/dev.stamp ## what tests need and pip cannot install
	@{ test -e $(VENV)/read.stamp || $(BIN)/python -m pytest -qq --collect-only >/dev/null 2>&1; touch $(VENV)/read.stamp; } & \
	  $(BIN)/python -m tests.tools; got=$$?; wait; exit $$got

check: $(VENV)/dev.stamp ## style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-long: $(VENV)/dev.stamp ## each channel's samples damaged 10,000 times, rules read both ways on 100,000 pairs, offers under fire
	@$(BIN)/python -m pytest tests/rules -k pairs --pairs 100000
	@$(BIN)/python -m pytest tests/desk/test_offers_under_fire.py --fire 120
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/channels -k damage --mutations 10000 --timeout 900

bench: $(VENV)/dev.stamp .tools/rule-engine ## every benchmark, one table each; NAME=accept for one of them
	@for name in $(or $(NAME),accept flow pull dispatch waits latency streams inbox triage rules); do \
	  $(BIN)/python -m bench.$$name || exit 1; done

.tools/rule-engine: bench/rule-engine.txt | $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --no-deps \
	  --upgrade --target $@ -r bench/rule-engine.txt
	@touch $@

words: $(VENV)/dev.stamp ## bring the catalogues up to date with the texts in the code; what is new is empty
	$(BIN)/python -m tests.catalogue

lock: $(VENV)/dev.stamp ## the newest versions that requirements*.in allow, with hashes, for every platform
	$(BIN)/python -m uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --only-binary :all: --custom-compile-command "make lock" -o requirements.txt requirements.in
	$(BIN)/python -m uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --only-binary :all: --custom-compile-command "make lock" -c requirements.txt -o requirements-dev.txt requirements-dev.in

clean: ## remove the virtual environment and caches, never the data
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A stamp is newer than the lock it was installed from; a second start does nothing here.
$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(VENV)/bin/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Heed needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version 2>&1): name another, as in make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is not here: install it, on Debian and Ubuntu by: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
