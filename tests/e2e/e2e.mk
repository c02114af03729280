# The cluster and its tests. SLIPWAY_SUPPLY=ordinary|offline overrides the choice; SLIPWAY_CACHE moves the cache.
HARNESS = .venv/bin/python -m tests.e2e.harness

.PHONY: e2e
e2e: .venv/ready ## run the cluster tests, from making the cluster to removing it
	@.venv/bin/python -m pytest --verbose --durations 20 --config-file tests/e2e/pytest.ini --part all tests/e2e

.PHONY: e2e-cluster
e2e-cluster: .venv/ready ## run the tests of the cluster itself, with no project in it
	@.venv/bin/python -m pytest --quiet --config-file tests/e2e/pytest.ini --part cluster tests/e2e

.PHONY: e2e-up
e2e-up: .venv/ready ## make the cluster and leave it running
	@$(HARNESS) up

.PHONY: e2e-down
e2e-down: .venv/ready ## remove the cluster and stop what was started for it
	@$(HARNESS) down

.PHONY: e2e-images
e2e-images: .venv/ready ## build what the cluster needs; list what is cached, with seconds and sizes
	@$(HARNESS) images

.PHONY: e2e-prune
e2e-prune: .venv/ready ## remove everything that e2e-images built
	@$(HARNESS) prune
