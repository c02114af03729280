"""The one exception that users are meant to read."""


class ProjectError(Exception):
    """Say in one sentence what is wrong, where, and what to do.

    The command line prints the sentence without a traceback and exits with 1.
    """
