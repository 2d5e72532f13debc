"""The program that this process was started for, and the year that its text is of."""

from __future__ import annotations

import os
import sys
import tokenize

from keras.legacy import detect


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


def announced_era(source: str, name: str) -> str:
    """The era that a text is of, told in one line if it is not today's.

    Args:
        source: the text.
        name: what to call it.
    """
    try:
        found = detect.detect(source)
    except (SyntaxError, ValueError, RecursionError):  # running it will say what is wrong
        return "3"
    if found.era != "3":
        signs = ", ".join(found.signs[:4])
        print(f"keras: {name} is written for Keras {found.era} ({signs}).", file=sys.stderr)
    return found.era
