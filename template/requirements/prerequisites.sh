#!/bin/sh
# Say in one sentence what keeps this project from being set up here.

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

# A search path ends at a colon, an address such as MLflow's at ? or #, a percent sign begins a code in it, and the other
# characters mean something to shells and patterns.
case $PWD in
*[]:\;?%#\&\'\"\\$\`*{}\<\>\|[]* | *[[:cntrl:]]*)
  fail "programs would misread the path $PWD: move the project to one without : ; ? # % & \" \\ \$ \` * [ ] { } < > | and quotes"
  ;;
esac

command -v git >/dev/null || fail "git is missing: install it."
command -v python3 >/dev/null || fail "python3 is missing: install Python 3.11, 3.12 or 3.13."
version=$(python3 -c 'import sys; print(*sys.version_info[:2], sep=".")' 2>/dev/null) || fail "python3 does not run: install Python 3.11, 3.12 or 3.13."
case $version in
3.11 | 3.12 | 3.13) ;;
*) fail "python3 is Python $version: put Python 3.11, 3.12 or 3.13 first on PATH." ;;
esac
python3 -c 'import ensurepip' 2>/dev/null || fail "Python's venv module is missing: apt-get install python3-venv"
