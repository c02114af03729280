"""Runs in a project: print whether every Application runs the newest commit."""

from slipway.clusters import status

print(all(row.settled for row in status.rows()))
