"""Runs in a project, connected: print what the store of lines answers.

Arguments: its address and a path.
"""

import sys

import httpx

answer = httpx.get(sys.argv[1] + sys.argv[2], timeout=60)
answer.raise_for_status()
print(answer.text)
