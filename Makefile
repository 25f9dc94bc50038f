# Two commands do everything from nothing but Python 3.11, git and make:
#   make release   install, validate the plan, release it into releases/, make its site in build/site/
#   make test      install, check format, lint and types, run the tests
# A third, `make oldest`, runs most tests with the oldest dependencies that are allowed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Each process takes whole modules as long as it can, for what a module sets up (a portal, a browser, a release) is slow.
PYTEST := pytest --numprocesses auto --dist worksteal
OLDEST := build/oldest

# Thousands of processes of the tests would each compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: release test unit coverage oldest matrix lint format rules docs pictures benchmark fuzz fuzz-portal faults lock assets web clean

release: $(READY)
	$(BIN)/khelang validate datapackage
	$(BIN)/khelang release datapackage --out releases
	$(BIN)/khelang site releases --out build/site

test: lint
	$(BIN)/$(PYTEST)

# Some three minutes on two cores: what needs no process, no server, no browser and no written release.
unit: $(READY)
	$(BIN)/$(PYTEST) -m "not system" $(ARGS)

# A quarter of an hour: which lines and branches of src no test reaches. ARGS='-m "not system"' measures the unit tests.
coverage: $(READY)
	rm -rf build/coverage
	$(BIN)/coverage run -m $(PYTEST) $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Everything that is installed is locked with its hash, and what comes as source is built by what is locked.
PIP_INSTALL := bin/pip install --quiet --disable-pip-version-check
define install
	$(PYTHON) -m venv --clear $(1)
	$(1)/$(PIP_INSTALL) --require-hashes -r requirements/build.txt
	$(1)/$(PIP_INSTALL) --require-hashes --no-build-isolation -r requirements/$(2).txt
	$(1)/$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $(1)/.ready
endef

$(READY): requirements/build.txt requirements/dev.txt pyproject.toml
	$(call install,$(VENV),dev)

$(OLDEST)/.ready: requirements/build.txt requirements/oldest.txt pyproject.toml
	$(call install,$(OLDEST),oldest)

# The tests that need nothing but the program, with the oldest versions that pyproject.toml allows, on the oldest Python.
# Those left out judge what is the same with any version (the sources, the data, the rules, the order of the program's own
# writes), judge more of what others judge enough of (pages, hostile packages, the examples in the help), or need what only
# `make test` installs.
oldest: SAME := architecture bad_input calendar cases cli codes days descriptor_mutations dialect errata foreign_releases \
  growth hostile leftovers limits package_fuzz patterns plan_data release_values remedies rules_arithmetic \
  rules_cell_values rules_errata_records rules_logic rules_portal_readiness rules_progress rules_trees seeds site_pages \
  site_tools spoilt_text standard_files store texts thai verdict versions wheel words workbook_sheets
oldest: LEFT_OUT := accessibility browser_calls chart_pages damaged_cells damaged_sheets docs eplan eplan_results evidence extract_pdf formats_binary formats_text import import_files import_new_plan index_page metadata mistaken_paths national national_fetching national_kills national_mirror national_site national_workers new_municipality nothing_lost offered_errata other_workbooks other_writers own_sections own_tables plan_workbook portal_folder published_report readers released_workbook remarked_copy round_sheets site_assets site_browser started_name text_tables watching web_page web_python windows workbook_judged
oldest: $(OLDEST)/.ready
	$(OLDEST)/bin/$(PYTEST) --ignore tests/portal $(SAME:%=--ignore tests/test_%.py) $(LEFT_OUT:%=--ignore tests/test_%.py) $(ARGS)

# The unit tests on each Python that is supported, where it is installed.
MATRIX := 3.11 3.12 3.13 3.14
matrix:
	@for version in $(MATRIX); do \
	  command -v python$$version >/dev/null || { echo "python$$version is not installed and was not tried"; continue; }; \
	  $(MAKE) --no-print-directory build/matrix/$$version/.ready PYTHON=python$$version && \
	  build/matrix/$$version/bin/$(PYTEST) --quiet -m "not system" $(ARGS) || exit 1; \
	done

build/matrix/%/.ready: requirements/build.txt requirements/dev.txt pyproject.toml
	$(call install,build/matrix/$*,dev)

# What is generated from the texts of the rules and from the tables of the standard.
rules: $(READY)
	$(BIN)/python docs/rules.py docs
	$(BIN)/python -m khelang_opendata.formats.standard_files schemas/anticorruption-plan/1.0.0

# The documents as a site in build/docs; a broken link or anchor fails.
docs: $(READY)
	$(BIN)/python docs/generate.py build/pages
	$(BIN)/sphinx-build -q -W --keep-going -c docs -D language=th build/pages/th build/docs/th
	$(BIN)/sphinx-build -q -W --keep-going -c docs -D language=en build/pages/en build/docs/en

# The pictures of the workbook in the adopters' guide, drawn anew; it needs LibreOffice and Poppler.
pictures: $(READY)
	$(BIN)/python docs/pictures.py docs

# Half an hour on two quiet cores; ARGS="--only command" measures one entry, ARGS=--quick tries it out.
benchmark: $(READY)
	$(BIN)/python -m benchmarks $(ARGS)

# Two hours: tables beside frictionless; packages and descriptors; archives and folders of releases; signatures beside
# OpenSSH. `make test` judges the first cases of each. `python -m tests.package_fuzz --cases 1 --seed 77` judges case 77 of
# one again.
fuzz: $(READY)
	$(BIN)/python -m tests.differential --cases 20000 --seed 1
	$(BIN)/python -m tests.package_fuzz --cases 20000 --seed 1
	$(BIN)/python -m tests.archive_fuzz --cases 5000 --seed 1
	$(BIN)/python -m tests.signature_fuzz --cases 2000 --seed 1

# Some minutes; `make test` judges the first 300 of these cases. ARGS="--cases 1 --seed 77" judges case 77 again.
fuzz-portal: $(READY)
	$(BIN)/python -m tests.portal_fuzz --cases 5000 --seed 1 $(ARGS)

# Twenty minutes; `make test` breaks the connection some dozen times. ARGS="--runs 342" is every way at every request.
faults: $(READY)
	$(BIN)/python -m tests.portal.faults --runs 200 --seed 1 $(ARGS)

# Every lock is for all systems and Pythons, with hashes and no registry's address. What is locked already stays as it is;
# ARGS=--upgrade renews it. The oldest are found anew, for a version that is locked would stay above a floor that sinks.
# Users get the versions that the tests run with.
lock: COMPILE := build/lock/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
  --fork-strategy fewest --generate-hashes --no-header $(ARGS)
lock: TESTED := --constraint requirements/dev.txt
lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/$(PIP_INSTALL) --require-hashes -r requirements/lock.txt
	$(COMPILE) --output-file requirements/lock.txt requirements/lock.in
	$(COMPILE) --extra dev --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) $(TESTED) --output-file requirements/build.txt requirements/build.in
	$(COMPILE) $(TESTED) --output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) $(TESTED) --extra extract --extra intake --extra large --extra national --extra portal --extra s3 --extra sign --extra site --output-file requirements/runtime-all.txt pyproject.toml
	rm -f requirements/oldest.txt
	$(COMPILE) --extra test --resolution lowest-direct --output-file requirements/oldest.txt pyproject.toml
	$(COMPILE) --output-file requirements/ckan.txt requirements/ckan.in
	$(COMPILE) --output-file requirements/s3.txt requirements/s3.in
	$(COMPILE) $(TESTED) --no-deps --output-file requirements/web.txt requirements/web.in

# What the site carries of others, as its packages are locked in web/package-lock.json.
assets: $(READY)
	npm ci --prefix web --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m web.vendor

# The tool in the browser, in build/web: half a minute, and any static server takes it. All of it is locked: the wheels by
# requirements/web.txt (WebAssembly's first; of the two that have none, the Python files), the rest by web/app/package-lock.json.
WEB_PARTS := build/web_parts
WEB_WHEELS := --python-version 3.14 --implementation cp --abi cp314 --abi none \
  --platform pyemscripten_2026_0_wasm32 --platform any --platform manylinux2014_x86_64
web: $(READY)
	npm ci --prefix web/app --ignore-scripts --no-audit --no-fund
	rm -rf $(WEB_PARTS)
	$(BIN)/pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: $(WEB_WHEELS) \
	  --dest $(WEB_PARTS)/wheels --requirement requirements/web.txt
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir $(WEB_PARTS)/own .
	$(BIN)/python -m web.app.packing

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
