#!/bin/sh
# Run uv with the settings of pip, which it does not read: those in PIP_... and in pip's files. What a variable says to uv
# itself, such as UV_DEFAULT_INDEX or SSL_CERT_FILE, wins.
settings=$(.venv/bin/pip config list 2>/dev/null)

pip_says() { # OPTION: its value, of the environment before that of the files; several are separated by spaces
  for section in :env: install global; do
    found=$(printf '%s\n' "$settings" | sed -n "s/^$section\.$1=['\"]\(.*\)['\"]\$/\1/p" | sed 's/\\n/ /g')
    [ -z "$found" ] || { printf '%s' "${found# }" && return; }
  done
}

uv_reads() { # VARIABLE VALUE: nothing where there is no value, or the variable has one
  [ -z "$2" ] || printenv "$1" >/dev/null || export "$1=$2"
}

uv_reads UV_DEFAULT_INDEX "${UV_INDEX_URL:-$(pip_says index-url)}"
if [ -z "${UV_INDEX:-}${UV_EXTRA_INDEX_URL:-}" ] && more=$(pip_says extra-index-url) && [ -n "$more" ]; then
  uv_reads UV_INDEX "$more"
  uv_reads UV_INDEX_STRATEGY unsafe-best-match # as pip: the best version of all indexes
fi
uv_reads UV_FIND_LINKS "$(pip_says find-links | tr ' ' ,)"
uv_reads UV_INSECURE_HOST "$(pip_says trusted-host)"
uv_reads SSL_CERT_FILE "$(pip_says cert)"
uv_reads ALL_PROXY "$(pip_says proxy)"
case $(pip_says no-index) in
1 | [Tt]rue | [Yy]es | [Oo]n) set -- "$@" --no-index ;;
esac
exec .venv/bin/uv "$@"
