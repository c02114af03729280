#!/bin/sh
# Runs in the Git server as a hook: refuse one push.
rm "$0"
echo "rejected once" >&2
exit 1
