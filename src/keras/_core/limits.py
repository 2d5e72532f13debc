"""How much memory and how many repetitions may be asked for while a file is being read."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class _Room(threading.local):
    left: int | None = None  # bytes; None is no limit
    why: str = ""


_room = _Room()
_MOST_REPEATS = 10_000


@contextlib.contextmanager
def room_for_variables(most_bytes: int, why: str) -> Iterator[None]:
    """Inside, variables of this thread may take so many bytes altogether; `why` completes the message otherwise."""
    before = _room.left, _room.why
    _room.left, _room.why = most_bytes, why
    try:
        yield
    finally:
        _room.left, _room.why = before


def take(name: str, shape: tuple, itemsize: int) -> None:
    """Counts a variable that is about to be made.

    Raises:
        ValueError: there is no room for it.
    """
    if _room.left is None:
        return
    needed = itemsize
    for size in shape:
        needed *= int(size)
    if needed > _room.left:
        raise ValueError(f"the weight {name!r} of shape {tuple(shape)} would take {needed:,} bytes, {_room.why}")
    _room.left -= needed


def is_set() -> bool:
    """Whether a file is being read."""
    return _room.left is not None


def check_repeats(name: str, count: int) -> None:
    """Looks at a number of repetitions, each of which is a piece of program or an entry of a list.

    Raises:
        ValueError: a file asks for more than any model has.
    """
    if _room.left is not None and count > _MOST_REPEATS:
        raise ValueError(f"`{name}` is {count:,}, and a file may say at most {_MOST_REPEATS:,}")
