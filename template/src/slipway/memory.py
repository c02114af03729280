"""What becomes of the memory that data frames leave free."""

import os

# polars' allocator, jemalloc, keeps free memory for a second, in which a watch folds another day.
VARIABLE = "_RJEM_MALLOC_CONF"
GIVE_BACK = "dirty_decay_ms:0,muzzy_decay_ms:0"


def give_back() -> None:
    """Let freed memory go back to the system at once; to be called before polars is imported."""
    said = os.environ.get(VARIABLE)  # a process that imported polars leaves its own to its children
    os.environ[VARIABLE] = f"{said},{GIVE_BACK}" if said else GIVE_BACK  # the last one counts
