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

# The engine, template/src/slipway, is tested where it is, with the packages that projects lock.
ENGINE := .venv-engine/bin/python

# The cluster and its tests. SLIPWAY_SUPPLY=ordinary|offline overrides the choice; SLIPWAY_CACHE moves the cache.
OFFLINE := $(PYTHON) -m offline
E2E := $(PYTHON) -m pytest --verbose --durations 10 --config-file tests/e2e/pytest.ini

.PHONY: help setup demo test check examples docs lock clean test-engine test-network check-engine
.PHONY: bench-serving bench-scoring bench-drift bench-monitor bench-gate bench-compress e2e e2e-core e2e-up e2e-down e2e-images e2e-prune

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

test: setup ## render every scenario and run all the gates, then the tests of the engine and of networks
	@.ci/prerequisites chromium=chromium prometheus=promtool prometheus-alertmanager=amtool postgresql=postgres mariadb-server-core=mariadbd
	@$(PYTHON) -m pytest && $(MAKE) --no-print-directory test-engine test-network

check: setup ## lint and type-check this repository's own sources
	@$(PYTHON) -m ruff check . template/src/slipway
	@$(PYTHON) -m ruff format --check . template/src/slipway
	@$(PYTHON) -m mypy
	@$(PYTHON) -m yamllint --strict . && $(MAKE) --no-print-directory check-engine

.venv-engine/ready .venv-network/ready: template/requirements/dev.txt
.venv-network/ready: requirements/engine.txt
.venv-%/ready: $(UV) requirements/%.txt
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv-$*
	@$(RUN_UV) pip sync --quiet --compile-bytecode --require-hashes --python .venv-$*/bin/python $(filter %.txt,$^)
	@touch $@

test-engine: .venv-engine/ready ## run the tests of the engine
	@$(ENGINE) -m pytest --config-file tests/engine/pytest.ini --confcutdir tests/engine tests/engine --quiet

test-network: .venv-network/ready ## run the tests that need PyTorch, 3 GB to download the first time
	@.venv-network/bin/python -m pytest -c tests/engine/pytest.ini --confcutdir tests/engine tests/engine/families/test_network*.py --quiet

check-engine: .venv-engine/ready ## type-check the engine and its tests
	@$(ENGINE) -m mypy --config-file tests/engine/mypy.ini

bench-serving: ## the model server against a bare route, same run
bench-scoring: ## rows a second and memory of scoring tables of 1 and 10 million rows
bench-drift: ## the drift monitor against scipy, same run
bench-serving bench-scoring bench-drift: bench-%: .venv-engine/ready
	@$(ENGINE) -m tests.bench.$*

bench-compress: .venv-network/ready ## quality, bytes and CPU time of each smaller model of both families
	@.venv-network/bin/python -m tests.bench.compress

bench-monitor: .venv-engine/ready .venv-bench/ready ## the monitor by rows, and beside pandas and evidently
	@$(ENGINE) -m tests.bench.monitor --against .venv-bench/bin/python

bench-gate: .venv-engine/ready ## the gate's verdicts on simulated models whose truth is known
	@$(ENGINE) -m tests.bench.gate && $(ENGINE) -m tests.bench.gate_methods

e2e: .venv/ready ## run the cluster tests, from making the cluster to removing it: make e2e [PART=compute]
	@$(E2E) --part $(or $(PART),all) tests/e2e

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
	@$(PYTHON) -m tests.kit.reference && $(PYTHON) -m tests.kit.metrics_page
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --strict

lock: $(UV) ## resolve the tools again, with hashes
	@$(COMPILE) --output-file requirements/uv.txt requirements/uv.in
	@$(COMPILE) --group dev --output-file requirements/dev.txt
	@$(COMPILE) --constraint template/requirements/dev.txt --output-file requirements/engine.txt requirements/engine.in
	@$(COMPILE) --output-file requirements/bench.txt requirements/bench.in

clean: ## remove what the commands above have built
	@rm -rf .venv .venv-bench .venv-engine .venv-network .mypy_cache .pytest_cache .ruff_cache build
