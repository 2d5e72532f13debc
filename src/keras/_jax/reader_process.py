"""Reads a program in a process of its own before this one does.

jaxlib's reader is C++ that trusts what it reads: a changed byte in a program can crash the process. So a process that
holds nothing reads it first. It knows nothing of Keras or JAX, which makes it quick: about a third of a second.
"""

from __future__ import annotations

import os
import subprocess
import sys

import jaxlib

_SECONDS, _SECONDS_PER_MEGABYTE = 20, 2
_READS = """
import sys
sys.path.insert(0, sys.argv[1])
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
from jaxlib.mlir import ir
from jaxlib.mlir.dialects import chlo, sdy, stablehlo
context = ir.Context()
for dialect in (stablehlo, chlo, sdy):
    dialect.register_dialect(context)
with context:
    str(stablehlo.deserialize_portable_artifact(context, sys.stdin.buffer.read()))
"""


def command() -> list[str]:
    """What is run: this Python, with a program of ours that reads from its input."""
    return [sys.executable, "-I", "-c", _READS, os.path.dirname(os.path.dirname(jaxlib.__file__))]


def check(data: bytes) -> None:
    """Lets another process read a program.

    Raises:
        ValueError: it was refused there, or the process died of it or came to no end.
    """
    if not sys.executable:  # inside of another program there is no Python to start
        return
    limit = _SECONDS + _SECONDS_PER_MEGABYTE * len(data) // 2**20
    try:
        done = subprocess.run(command(), input=data, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise ValueError(f"reading the program took more than {limit} seconds") from None
    if done.returncode < 0:
        raise ValueError(f"the process that read the program to try it died of signal {-done.returncode}")
    if done.returncode:
        raise ValueError("jaxlib cannot read the program")
