"""What this project's programs print: records in a pod, plain text at a terminal."""

import atexit
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from . import context, local, output, record, span

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def begin(component: str, **more: str) -> None:
    """Let each line that this process prints be a record of `component`, where pods say so."""
    record.describe(component, **more)
    if not record.is_json() or output.output.stream is not None:
        return
    output.output.stream = sys.stdout.buffer
    lines = sys.stdout, sys.stderr = output.Lines(), output.Lines()
    sys.excepthook = output.failed
    for stream in lines:
        atexit.register(stream.close)


@contextmanager
def process(component: str, name: str = "", **more: str) -> Iterator[None]:
    """Let the body be a span of the trace that this process was started within, or of a new one.

    The span is called `name`, by default as the component. What the process prints are records of
    that trace; on one machine, what it tells and why it failed.
    """
    outer = span.current()
    whole = span.begin(name or component, outer.context if outer else context.given())
    begin(component, **more, trace_id=whole.context.trace_id)
    with span.entered(whole):
        try:
            yield
        except Exception as error:
            if not record.is_json():
                local.keep("error", **output.why(type(error), error, error.__traceback__))
            raise


def step(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Let what a step prints be records of the step, and its time a span."""

    @wraps(function)
    def logged(*arguments: Given.args, **named: Given.kwargs) -> Returned:
        with process(function.__name__):
            return function(*arguments, **named)

    return logged


def tell(sentence: str) -> None:
    """Print a sentence; on one machine, where nobody collects it, it is kept with its trace."""
    print(sentence, flush=True)
    if span.current() is not None and not record.is_json():
        local.keep(record.ORDINARY, sentence)
