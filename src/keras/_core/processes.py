"""Which of the processes of a job this one is. A program that runs alone is number 0 of 1."""

from __future__ import annotations

from collections.abc import Callable


class _Here:
    number = 0
    count = 1
    tell: Callable[[bytes], bytes] | None = None
    after_first: Callable[[str], None] | None = None


def join(number: int, count: int, tell: Callable[[bytes], bytes], after_first: Callable[[str], None]) -> None:
    """From now on this is process `number` of `count`.

    Args:
        tell: returns, in every process, what the first one called it with; all have to call it.
        after_first: returns once the first process has called it as often with that text.
    """
    _Here.number, _Here.count, _Here.tell, _Here.after_first = number, count, tell, after_first


def number() -> int:
    """The number of this process, from 0."""
    return _Here.number


def count() -> int:
    """How many processes there are."""
    return _Here.count


def is_first() -> bool:
    """Whether this is the process that writes what is written once: files, logs, progress."""
    return _Here.number == 0


def from_first(find: Callable[[], bytes]) -> bytes:
    """What `find` returns in the first process; it is called nowhere else."""
    if _Here.tell is None:
        return find()
    return _Here.tell(find() if is_first() else b"")


def wrote(name: str) -> None:
    """Called when a file is written, whose name is given without its folder: the others wait for the first process."""
    if _Here.after_first is not None:
        _Here.after_first(name)
