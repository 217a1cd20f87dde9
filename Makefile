# Works with nothing but Python and make; see the README for the plain commands.
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif
PY := $(BIN)/python
READY := $(VENV)/.ready

.PHONY: report test lab bench clean setup lint
.DEFAULT_GOAL := report

$(READY): pyproject.toml constraints.txt
	@echo "… setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11, 3.12 or 3.13 is needed, found ' + sys.version.split()[0] + '. Name one: make PYTHON=python3.12' if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all,dev]"
	@$(PY) -c "import pathlib; pathlib.Path('$(READY)').touch()"

setup: $(READY)

report: $(READY)   ## raw evidence → tables → notebooks → charts in three languages
	@$(PY) -m analysis report

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

test: $(READY) lint   ## everything that must hold, notebooks included
	@$(PY) -m analysis build
	@echo "… tests"
	@$(PY) -m pytest -n auto --dist loadfile tests
	@echo "… notebooks against their stored output"
	@$(PY) -m pytest -n auto --dist loadfile -p no:randomly --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg --force-enable-socket notebooks
	@$(PY) -m analysis check

lab: $(READY)      ## JupyterLab on the notebooks
	@$(BIN)/jupyter lab notebooks

bench: $(READY)    ## measured speed and memory
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[benchmarks]"
	@$(PY) benchmarks/run.py

clean:             ## back to a fresh clone (keeps what is committed)
	rm -rf $(VENV) .cache build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f data/processed/.build-state.json
