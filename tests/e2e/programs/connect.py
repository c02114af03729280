"""Runs in a project: run the command that follows with the cluster's addresses and passwords."""

import sys

from slipway.clusters import connect

sys.exit(connect.run("kind", sys.argv[1:]))
