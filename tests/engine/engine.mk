# The engine of generated projects, template/src/slipway, is tested where it is: with the packages that
# projects lock, which are others than the template's own tools.
ENGINE := .venv-engine/bin/python

.PHONY: test-engine check-engine bench-serving bench-drift

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

bench-drift: .venv-engine/ready ## the drift monitor against scipy, same run
	@$(ENGINE) -m tests.bench.drift
