#!/bin/sh
# The project's commands: installed as .venv/bin/slipway, it finds the project above itself.
root=$(cd "$(dirname "$0")/../.." && pwd)
PROJECT_ROOT=${PROJECT_ROOT:-$root} PYTHONPATH=$root/src:$root exec "$root/.venv/bin/python" -m slipway "$@"
