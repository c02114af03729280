"""A watch gives the memory of a day back before it folds the next."""

import os
import subprocess
import sys

import pytest

from slipway import memory

PROGRAM = """
import sys
from slipway import cli, memory
assert "polars" not in sys.modules
{asked}
import polars as pl
def used():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
before = used()
rows = pl.int_range(20_000_000, eager=True)
held = used() - before
del rows
print(held, used() - before)
"""


@pytest.mark.parametrize(
    ("asked", "is_kept"), [("memory.give_back()", False), ("", True)], ids=["given", "not-asked"]
)
def test_what_a_frame_held_is_given_back_at_once_where_it_is_asked_for(
    asked: str, is_kept: bool
) -> None:
    program = [sys.executable, "-c", PROGRAM.format(asked=asked)]
    inherited = {key: value for key, value in os.environ.items() if key != memory.VARIABLE}
    ended = subprocess.run(program, capture_output=True, text=True, check=True, env=inherited)
    held, kept = map(int, ended.stdout.split())
    assert held > 100e6
    assert (kept > held / 2) == is_kept
