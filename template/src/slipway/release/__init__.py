"""Releases by Git: one file an environment, one commit a release."""

from .champion import sync_champion
from .promotion import promote
from .record import released
from .rollback import rollback
from .serving import fetch, serve

__all__ = ["fetch", "promote", "released", "rollback", "serve", "sync_champion"]
