"""What is raised when a file is refused."""

from __future__ import annotations

import contextlib
import struct
import zipfile
import zlib
from collections.abc import Iterator

from keras._core.names import printable

_LONGEST = 20_000  # letters of a reason


class BadFile(ValueError):
    """A file that is damaged, or holds what no file of a model holds. Says where and why."""


# what code that takes a config apart raises when the config is not what it should be
_WRONG_CONTENT = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, MemoryError,
    NotImplementedError, AssertionError, UnicodeError, EOFError, struct.error, zipfile.BadZipFile,
    zlib.error, NameError,  # of jax, for an axis that is a word
)  # fmt: skip


@contextlib.contextmanager
def refusing(path: str, place: str) -> Iterator[None]:
    """Turns what goes wrong inside into a BadFile that names the file and the place in it."""
    try:
        yield
    except BadFile:
        raise
    except _WRONG_CONTENT as error:
        reason = error.args[0] if isinstance(error, KeyError) and error.args else error
        text = str(reason) or type(error).__name__
        if isinstance(error, RecursionError):
            text = "it is nested too deeply"
        raise BadFile(f"{path} is refused: at {place}, {_one_sentence(_readable(text))}") from error


def _readable(text: str) -> str:
    """A reason that may quote a file: without what steers a terminal, and not as long as the file."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} [...] {text[-_LONGEST // 2 :]}"
    return "\n".join(printable(line) for line in text.split("\n"))


def _one_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ")")) else f"{text}."
