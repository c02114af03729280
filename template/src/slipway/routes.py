"""A project's own routes: public, for the module `routes` of its package.

The server calls `add(api)` of that module with its FastAPI application, whose /docs describe what
is added. The module is not needed where nothing is added.
"""

from fastapi import FastAPI

from . import project


def add_own(api: FastAPI) -> None:
    """Add the project's own routes to the server's application."""
    module = project.routes()
    if module is not None:
        module.add(api)
