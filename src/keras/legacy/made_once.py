"""Variables that a function makes when it is first called, and finds again when it is called anew.

`get_updates` of 1.x and 2.x ran once, to make a graph, and made its variables there. Here it runs whenever a step is
traced.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any


class _Turn:
    """The variables there are, and how many of them were asked for in this call."""

    def __init__(self, made: list):
        self.made = made
        self.asked = 0


_turn: contextvars.ContextVar[_Turn | None] = contextvars.ContextVar("keras_made_once", default=None)


@contextlib.contextmanager
def remembering(made: list) -> Iterator[None]:
    """While open, variables are taken from `made` in the order in which they are asked for, and put there if new."""
    token = _turn.set(_Turn(made))
    try:
        yield
    finally:
        _turn.reset(token)


def is_open() -> bool:
    """Whether variables are remembered here and now."""
    return _turn.get() is not None


def once(make: Callable[[], Any]) -> Any:
    """What `make` returns, or what it returned in the same place of the first call."""
    turn = _turn.get()
    if turn is None:
        return make()
    if turn.asked == len(turn.made):
        turn.made.append(make())
    turn.asked += 1
    return turn.made[turn.asked - 1]
