# Two commands do everything from nothing but Python 3.11, git and make:
#   make release   install, validate the plan, release it into releases/
#   make test      install, check format, lint and types, run the tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: release test lint format docs benchmark fuzz fuzz-portal faults lock clean

release: $(READY)
	$(BIN)/khelang validate datapackage
	$(BIN)/khelang release datapackage --out releases

test: lint
	$(BIN)/pytest

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Everything that is installed is locked with its hash; the project itself is built by the locked hatchling.
$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

docs: $(READY)
	$(BIN)/python -m khelang_opendata.render.rules_markdown docs/rules.md

# Half an hour on two quiet cores; ARGS="--only command" measures one entry, ARGS=--quick tries it out.
benchmark: $(READY)
	$(BIN)/python -m benchmarks $(ARGS)

# A quarter of an hour; `make test` judges the first 400 of these cases. ARGS="--cases 1 --seed 77" judges case 77 again.
fuzz: $(READY)
	$(BIN)/python -m tests.differential --cases 20000 --seed 1 $(ARGS)

# Some minutes; `make test` judges the first 300 of these cases. ARGS="--cases 1 --seed 77" judges case 77 again.
fuzz-portal: $(READY)
	$(BIN)/python -m tests.portal_fuzz --cases 5000 --seed 1 $(ARGS)

# Twenty minutes; `make test` breaks the connection some dozen times. ARGS="--runs 342" is every way at every request.
faults: $(READY)
	$(BIN)/python -m tests.portal.faults --runs 200 --seed 1 $(ARGS)

lock: COMPILE := build/lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --resolver backtracking
lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/pip install --quiet pip-tools
	$(COMPILE) --extra dev --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --output-file requirements/ckan.txt requirements/ckan.in

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
