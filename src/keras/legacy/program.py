"""The program that this process was started for, and the year that its text is of."""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
import tokenize
from types import TracebackType

import keras
from keras import config
from keras.legacy import detect

# who starts programs, and whose lines say little to those who wrote them
_STARTERS = (runpy.__file__, "<frozen runpy>", os.path.join(os.path.dirname(keras.__file__), "__main__.py"))
_ENGINE = tuple(os.path.dirname(importlib.util.find_spec(name).origin) + os.sep for name in ("keras", "jax", "jaxlib"))


def source_of(path: str) -> str:
    """The text of a Python file, in the encoding that it names."""
    with tokenize.open(path) as file:
        return file.read()


def era_of_main() -> str:
    """The era of the script that Python was started with; today's where there is none, or it cannot be read.

    A module (`python -m`) and what is typed in are none: they say by `python -m keras` or `%load_ext keras` that they
    want their era looked for.
    """
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    if path is None or getattr(main, "__spec__", None) is not None or not path.endswith(".py"):
        return "3"
    try:
        source = source_of(path)
    except (OSError, SyntaxError, UnicodeError):
        return "3"
    return announced_era(source, os.path.basename(path))


def announced_era(source: str, name: str, known: str = "3") -> str:
    """The era that a text is of, told in one line if it is neither today's nor known already.

    Args:
        source: the text.
        name: what to call it.
        known: the era that holds.
    """
    try:
        found = detect.detect(source)
    except (SyntaxError, ValueError, RecursionError):  # running it will say what is wrong
        return known
    if found.era not in ("3", known):
        signs = ", ".join(found.signs[:4])
        print(f"keras: {name} is written for Keras {found.era} ({signs}).", file=sys.stderr)
    return found.era


def of_the_program(trace: TracebackType | None) -> TracebackType | None:
    """A traceback with the lines of the program alone; all of it if `disable_traceback_filtering` asked for that."""
    frames = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename not in _STARTERS:
            frames.append(trace)
        trace = trace.tb_next
    kept = frames
    if config.is_traceback_filtering_enabled():
        kept = [t for t in frames if not t.tb_frame.f_code.co_filename.startswith(_ENGINE)] or frames
    found = None
    for one in reversed(kept):
        found = TracebackType(found, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return found


def with_frames_of_the_program(error: BaseException) -> BaseException:
    """The error, and those that led to it, with the program's lines alone in their tracebacks."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        one.__traceback__ = of_the_program(one.__traceback__)
        if config.is_traceback_filtering_enabled():
            one.__notes__ = [n for n in getattr(one, "__notes__", ()) if "JAX_TRACEBACK_FILTERING" not in n]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return error
