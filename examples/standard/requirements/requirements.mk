# The virtual environment and its lock files. Renovate reads how each was made in its first lines: no option without =.
UV := .venv/bin/uv
LOCK := requirements/uv.sh pip compile --quiet --universal --generate-hashes

# A container may run as a user whom no file of the system knows; pip would make a directory called ~.
ifeq ($(HOME),)
export HOME := $(patsubst /,$(CURDIR)/var/home,$(shell echo ~))
endif
ifeq ($(LOGNAME)$(USER),)
export LOGNAME := $(shell id -u)
endif

.PHONY: lock .venv/moved

# An environment names its own place and its Python: when the project was moved, or that Python is gone, it is made again.
PLACE = $(realpath .venv) $(realpath .venv/bin/python)
KNOWN_PLACE := $(shell cat .venv/place 2>/dev/null)
ifneq ($(KNOWN_PLACE),)
ifneq ($(KNOWN_PLACE),$(PLACE))
$(UV): .venv/moved
endif
endif

.venv/moved:
	@echo "the project was moved, or its Python has changed: its environment is made again"
	@rm -rf .venv

lock: $(UV) ## resolve the dependencies again, with hashes
	@$(LOCK) --output-file=requirements/uv.txt requirements/uv.in
	@$(LOCK) --output-file=requirements/dev.txt --override=requirements/overrides.in --all-extras --group=dev pyproject.toml
	@$(LOCK) --output-file=requirements/docs.txt requirements/docs.in
	$(LOCK_IMAGES)
	$(LOCK_MORE)

$(UV): requirements/uv.txt
	@requirements/prerequisites.sh
	@python3 -m venv .venv
	@.venv/bin/pip install --quiet --require-hashes --requirement requirements/uv.txt
	@touch $@

# A family of models may have locked more in a file of its own; the site of the pages has its own environment.
LOCKED := $(filter-out requirements/docs.txt,$(wildcard requirements/*.txt))

.venv/ready: $(UV) $(LOCKED) requirements/slipway.sh
	$(ASK_FIRST)
	@echo "installing Python dependencies into .venv"
	@requirements/uv.sh pip sync --quiet --compile-bytecode --require-hashes --python $(PYTHON) $(LOCKED)
	@install -m 755 requirements/slipway.sh .venv/bin/slipway
	@echo '$(PLACE)' >.venv/place
	@$(PYTHON) -c 'import lightgbm' 2>/dev/null || { echo "error: LightGBM needs the OpenMP runtime: apt-get install libgomp1 (macOS: brew install libomp)" >&2; exit 1; }
	@touch $@
