#!/bin/sh
# The project's commands: installed as .venv/bin/slipway, it finds the project above itself.
root=$(cd "$(dirname "$0")/../.." && pwd)
# A container may run as a user whom no file of the system knows.
export HOME="${HOME:-$root/var/home}" LOGNAME="${LOGNAME:-${USER:-$(id -u)}}"
PROJECT_ROOT=${PROJECT_ROOT:-$root} PYTHONPATH=$root/src:$root exec "$root/.venv/bin/python" -m slipway "$@"
