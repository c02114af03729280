# The virtual environment and its lock files. Renovate reads how each was made in its first lines: no option without =.
UV := .venv/bin/uv
# uv reads no settings of pip: the index that pip was told is told to uv, unless uv has one of its own.
PIP_SETTING := .venv/bin/pip config list 2>/dev/null | sed -n "s/^[a-z]*\.index-url='\(.*\)'$$/\1/p" | tail -n 1
PIP_INDEX := $${PIP_INDEX_URL:-$$($(PIP_SETTING))}
RUN_UV := UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$(PIP_INDEX)}}" $(UV)
LOCK := $(RUN_UV) pip compile --quiet --universal --generate-hashes

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
	$(LOCK_IMAGES)

$(UV): requirements/uv.txt
	@requirements/path.sh
	@command -v python3 >/dev/null || { echo "error: python3 is missing: install Python 3.11 or newer." >&2; exit 1; }
	@command -v git >/dev/null || { echo "error: git is missing: install it." >&2; exit 1; }
	@python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "error: $$(python3 --version) does not fit: put Python 3.11, 3.12 or 3.13 first on PATH." >&2; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || { echo "error: Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@python3 -m venv .venv
	@.venv/bin/pip install --quiet --require-hashes --requirement requirements/uv.txt
	@touch $@

.venv/ready: $(UV) requirements/dev.txt requirements/slipway.sh
	@echo "installing Python dependencies into .venv"
	@$(RUN_UV) pip sync --quiet --compile-bytecode --require-hashes --python $(PYTHON) requirements/uv.txt requirements/dev.txt
	@install -m 755 requirements/slipway.sh .venv/bin/slipway
	@echo '$(PLACE)' >.venv/place
	@$(PYTHON) -c 'import lightgbm' 2>/dev/null || { echo "error: LightGBM needs the OpenMP runtime: apt-get install libgomp1 (macOS: brew install libomp)" >&2; exit 1; }
	@touch $@
