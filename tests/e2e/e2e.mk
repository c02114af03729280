# The cluster and its tests. SLIPWAY_SUPPLY=ordinary|offline overrides the choice; SLIPWAY_CACHE moves the cache.
HARNESS := $(PYTHON) -m tests.e2e.harness
E2E := $(PYTHON) -m pytest --verbose --durations 10 --config-file tests/e2e/pytest.ini

.PHONY: e2e e2e-core e2e-up e2e-down e2e-images e2e-prune

e2e: .venv/ready ## run the cluster tests, from making the cluster to removing it
	@$(E2E) --part all tests/e2e

e2e-core: .venv/ready ## the same without faults and a second project
	@$(E2E) --part core tests/e2e

e2e-up: .venv/ready ## make the cluster and leave it running
	@$(HARNESS) up

e2e-down: .venv/ready ## remove the cluster and stop what was started for it
	@$(HARNESS) down

e2e-images: .venv/ready ## build what the cluster needs; list what is cached, with seconds and sizes
	@$(HARNESS) images

e2e-prune: .venv/ready ## remove everything that e2e-images built
	@$(HARNESS) prune
