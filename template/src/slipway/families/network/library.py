"""The library that networks are fitted with, set so that a fit can be repeated."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...errors import ProjectError

if TYPE_CHECKING:
    from .settings import Settings


def import_torch() -> Any:
    """Import PyTorch, which takes seconds: only what fits a network does it.

    Raises:
        ProjectError: It is not installed.
    """
    # cuBLAS sums in the same order every time if its workspace has a fixed size, which is read once
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    try:
        return importlib.import_module("torch")
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise ProjectError(
            "PyTorch, which the network of model.py is fitted with, is not installed: answer "
            "`family: network` to the template, or choose another family in model.py."
        ) from None


@contextmanager
def prepared(settings: "Settings") -> Iterator[None]:
    """Let PyTorch repeat its results, and tell of too little memory.

    Raises:
        ProjectError: A GPU has too little.
    """
    with repeatable(settings.threads), within_memory(settings.batch_size):
        yield


@contextmanager
def repeatable(threads: int) -> Iterator[Any]:
    """Yield PyTorch on so many threads, with operations alone that have one result each time.

    Of a GPU an operation that has no such variant is used as it is, and PyTorch warns.
    """
    torch = import_torch()
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    try:
        yield torch
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])


@contextmanager
def within_memory(batch_size: int) -> Iterator[None]:
    """Tell in one sentence that a GPU has too little memory for so many rows at once.

    Raises:
        ProjectError: It has.
    """
    try:
        yield
    except import_torch().OutOfMemoryError:
        raise ProjectError(
            f"The GPU has too little memory for batches of {batch_size} rows: lower batch_size in "
            "model.py, or else what makes the network large (width, blocks), or look for another "
            "process on that GPU (nvidia-smi)."
        ) from None


def mixed_precision(device: Any, wanted: bool) -> Any:
    """Return the context in which a GPU that has bfloat16 computes scores in it, a CPU never."""
    torch = import_torch()
    able = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.autocast(device.type, torch.bfloat16, enabled=wanted and able)


def device() -> Any:
    """Return the first GPU, and the CPU where there is none."""
    torch = import_torch()
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def device_name() -> str:
    """Return what a fit runs on, in words."""
    torch = import_torch()
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "the CPU"
