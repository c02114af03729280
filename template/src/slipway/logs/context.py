"""Which trace a piece of work belongs to, as W3C hands it on: https://www.w3.org/TR/trace-context/."""

import os
import re
import secrets
from typing import NamedTuple

VARIABLE = "TRACEPARENT"
WORKFLOW = "LOG_TRACE"  # the identity of a workflow, which all of its pods know
HEADER = re.compile(  # a later version may say more, all-zero ids are invalid
    r"(?P<version>(?!ff)[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<span>(?!0{16})[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<later>-.*)?"
)
IDENTITY = re.compile(r"(?!0{32})[0-9a-f]{32}")


class Context(NamedTuple):
    """One span of one trace; `sampled` says whether spans of this trace are kept."""

    trace_id: str
    span_id: str
    sampled: bool = True

    def header(self) -> str:
        """Return it as a traceparent."""
        return f"00-{self.trace_id}-{self.span_id}-{self.sampled:02x}"


def parse(header: str) -> Context | None:
    """Return what a traceparent says; nothing of one that is not valid."""
    parts = HEADER.fullmatch(header)
    if parts is None or (parts["version"] == "00" and parts["later"]):
        return None
    return Context(parts["trace"], parts["span"], bool(int(parts["flags"], 16) & 1))


def given() -> Context | None:
    """Return what this process was started within; of a workflow, its identity is the trace."""
    trace = os.environ.get(WORKFLOW, "").replace("-", "")
    if IDENTITY.fullmatch(trace):
        return Context(trace, trace[16:])
    return parse(os.environ.get(VARIABLE, ""))


def begun() -> Context:
    """Return the first span of a new trace."""
    return Context(secrets.token_hex(16), secrets.token_hex(8))


def within(parent: Context) -> Context:
    """Return a new span of the same trace."""
    return Context(parent.trace_id, secrets.token_hex(8), parent.sampled)
