# make help
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
UV := .venv/bin/uv
# uv with the settings of pip, as in projects.
RUN_UV := template/requirements/uv.sh
COMPILE := $(RUN_UV) pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11
DEMO := build/demo
# What a Git hook is told about its repository would lead every Git that is started here into it.
unexport $(filter-out GIT_CONFIG_COUNT,$(shell git rev-parse --local-env-vars 2>/dev/null))

# The engine of generated projects, template/src/slipway, is tested where it is: with the packages that
# projects lock, which are others than the template's own tools.
ENGINE := .venv-engine/bin/python

# The cluster and its tests. SLIPWAY_SUPPLY=ordinary|offline overrides the choice; SLIPWAY_CACHE moves the cache.
OFFLINE := $(PYTHON) -m offline
E2E := $(PYTHON) -m pytest --verbose --durations 10 --config-file tests/e2e/pytest.ini

.PHONY: help setup demo test check examples docs lock clean
.PHONY: test-engine check-engine bench-serving bench-scoring bench-drift bench-monitor
.PHONY: e2e e2e-core e2e-up e2e-down e2e-images e2e-prune

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

setup: .venv/ready ## install the tools into .venv

$(UV): requirements/uv.txt
	@.ci/prerequisites
	@python3 -m venv .venv
	@.venv/bin/pip install --quiet --require-hashes --requirement requirements/uv.txt
	@touch $@

.venv/ready: $(UV) requirements/dev.txt
	@$(RUN_UV) pip sync --quiet --require-hashes --python $(PYTHON) requirements/uv.txt requirements/dev.txt
	@touch $@

demo: setup ## make a project with the default answers and play its demo
	@rm -rf $(DEMO)
	@$(PYTHON) -m copier copy --quiet --defaults --vcs-ref HEAD $(CURDIR) $(DEMO)
	@git -C $(DEMO) init --quiet --initial-branch main
	@git -C $(DEMO) add --all
	@git -C $(DEMO) -c user.name=demo -c user.email=demo@example.com commit --quiet --message "chore: start from the template"
	@$(MAKE) --no-print-directory -C $(DEMO) demo
	@echo "The project is in $(DEMO); open $(DEMO)/var/reports/demo.html."

test: setup ## render every scenario and run all the gates, then the tests of the engine
	@.ci/prerequisites chromium=chromium prometheus=promtool postgresql=postgres mariadb-server-core=mariadbd
	@$(PYTHON) -m pytest
	@$(MAKE) --no-print-directory test-engine

check: setup ## lint and type-check this repository's own sources
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy
	@$(MAKE) --no-print-directory check-engine
	@$(PYTHON) -m yamllint --strict .

.venv-engine/ready: $(UV) requirements/engine.txt template/requirements/dev.txt
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv-engine
	@$(RUN_UV) pip sync --quiet --compile-bytecode --require-hashes --python $(ENGINE) template/requirements/dev.txt requirements/engine.txt
	@touch $@

test-engine: .venv-engine/ready ## run the tests of the engine
	@$(ENGINE) -m pytest --config-file tests/engine/pytest.ini --confcutdir tests/engine tests/engine --quiet

check-engine: .venv-engine/ready ## type-check the engine and its tests
	@$(ENGINE) -m mypy --config-file tests/engine/mypy.ini

bench-serving: .venv-engine/ready ## the model server against a bare route, same run
	@$(ENGINE) -m tests.bench.serving

bench-scoring: .venv-engine/ready ## rows a second and memory of scoring tables of 1 and 10 million rows
	@$(ENGINE) -m tests.bench.scoring

bench-drift: .venv-engine/ready ## the drift monitor against scipy, same run
	@$(ENGINE) -m tests.bench.drift

bench-monitor: .venv-engine/ready ## the monitor by rows, and with one more day
	@$(ENGINE) -m tests.bench.monitor

e2e: .venv/ready ## run the cluster tests, from making the cluster to removing it
	@$(E2E) --part all tests/e2e

e2e-core: .venv/ready ## the same without faults and a second project
	@$(E2E) --part core tests/e2e

e2e-up: .venv/ready ## make the cluster and leave it running
	@$(OFFLINE) up

e2e-down: .venv/ready ## remove the cluster and stop what was started for it
	@$(OFFLINE) down

e2e-images: .venv/ready ## build what the cluster needs; list what is cached, with seconds and sizes
	@$(OFFLINE) images

e2e-prune: .venv/ready ## remove everything that e2e-images built
	@$(OFFLINE) prune

examples: setup ## render examples/ again
	@$(PYTHON) -m tests.kit.examples

docs: setup ## write the question reference and build the site into build/site
	@$(PYTHON) -m tests.kit.reference
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs --quiet build --strict

lock: $(UV) ## resolve the tools again, with hashes
	@$(COMPILE) --output-file requirements/uv.txt requirements/uv.in
	@$(COMPILE) --group dev --output-file requirements/dev.txt
	@$(COMPILE) --constraint template/requirements/dev.txt --output-file requirements/engine.txt requirements/engine.in

clean: ## remove what the commands above have built
	@rm -rf .venv .venv-engine .mypy_cache .pytest_cache .ruff_cache build
