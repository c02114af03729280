"""Releases by Git: one file an environment, one commit a release."""

from .champion import sync_champion
from .promotion import promote
from .record import released
from .rollback import rollback
from .serving import bring, fetch, required, serve

__all__ = [
    "bring",
    "fetch",
    "promote",
    "released",
    "required",
    "rollback",
    "serve",
    "sync_champion",
]
