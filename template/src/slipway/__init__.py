"""The engine of a project: from data to a released, watched model.

A project's own package holds what is special about it (source, schema, features, model); everything
else is here and changes with `copier update`. Public, and kept stable within a major version, are
`errors`, `features`, `sources`, `families`, `tasks`, `routes` and `testing`; the rest is private.
"""

__version__ = "1.0.0"
