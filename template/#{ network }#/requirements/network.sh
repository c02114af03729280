#!/bin/sh
# Say how large PyTorch is before it is downloaded: $1 is yes where that was agreed to. A CI system agrees.
[ "$1" != yes ] && [ -z "${CI:-}" ] && [ "$(uname -s)" = Linux ] || exit 0
grep -q '^torch==.*+cpu' requirements/network.txt && exit 0
ls -d .venv/lib/python*/site-packages/torch >/dev/null 2>&1 && exit 0
echo "error: PyTorch for GPUs is 3.0 GB to download and 5.2 GB on disk: run make setup PYTORCH=yes, or take the one for CPUs, a fifth of a gigabyte, as docs/how-to/use-a-network.md says." >&2
exit 1
