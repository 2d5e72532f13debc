"""The table around an exported program, held against its bytes before jax reads it.

It is a FlatBuffer of https://github.com/google/flatbuffers, in which one place may be named from many: what looks like
a tree of trees can be a few bytes that jax would visit for ever. Sizes of axes are formulas as text, which jax works
out: a short one can stand for millions of terms.
"""

from __future__ import annotations

import math
import re
import struct

# where jax keeps what is looked at here: numbers of fields
_TREES, _ARRAYS, _GRADIENT = (2, 4), (3, 5), 17
_CHILDREN, _SHAPE = 1, 1
_MOST_NODES = 100_000
_DEEPEST = 100
_MOST_FORMULAS = 2_000  # sizes that are no plain numbers
_LONGEST_FORMULA = 1_000
_MOST_TERMS = 10_000
_POWER = re.compile(r"\^\s*(\d*)")


class _Table:
    """A table of numbered fields at a place in the bytes."""

    def __init__(self, data: bytes, at: int):
        self.data, self.at = data, at
        self.fields = at - _whole(data, at, "<i")
        self.size = _whole(data, self.fields, "<H")

    def place(self, field: int) -> int | None:
        """Where a field stands; None if it is left out."""
        entry = 4 + 2 * field
        if entry + 2 > self.size:
            return None
        offset = _whole(self.data, self.fields + entry, "<H")
        return self.at + offset if offset else None

    def there(self, field: int) -> int | None:
        """The place that a field names."""
        place = self.place(field)
        return None if place is None else _named(self.data, place)

    def listed(self, field: int) -> list[int]:
        """The places that a list of them names."""
        start = self.there(field)
        if start is None:
            return []
        count = _whole(self.data, start, "<I")
        if start + 4 + 4 * count > len(self.data):
            raise ValueError(f"{count} things are said to follow in {len(self.data) - start} bytes")
        return [_named(self.data, start + 4 + 4 * i) for i in range(count)]


def _whole(data: bytes, at: int, kind: str) -> int:
    if not 0 <= at <= len(data) - struct.calcsize(kind):
        raise ValueError("a place outside of the bytes is named")
    return struct.unpack_from(kind, data, at)[0]


def _named(data: bytes, at: int) -> int:
    return at + _whole(data, at, "<I")


def check(data: bytes) -> None:
    """Refuses a table that would take more time or memory than its bytes account for.

    Raises:
        ValueError: it has more nodes than any model, or sizes that are no formulas of a program traced here.
    """
    table = _Table(data, _named(data, 0))
    if table.place(_GRADIENT) is not None:
        raise ValueError("it has a program for gradients")
    nodes = 0
    for field in _TREES:
        there = table.there(field)
        level = [] if there is None else [there]
        for _ in range(_DEEPEST):
            nodes += len(level)
            if nodes > _MOST_NODES:
                raise ValueError(f"its arguments have more than {_MOST_NODES} parts")
            level = _children(data, level, _MOST_NODES - nodes)
        if level:
            raise ValueError(f"its arguments are more than {_DEEPEST} levels deep")
    formulas = 0
    for field in _ARRAYS:
        for array in table.listed(field):
            for size in _Table(data, array).listed(_SHAPE):
                nodes += 1
                formulas += _check_size(data, size)
                if nodes > _MOST_NODES or formulas > _MOST_FORMULAS:
                    raise ValueError("it has more arrays than any model")


def _children(data: bytes, nodes: list[int], most: int) -> list[int]:
    found: list[int] = []
    for node in nodes:
        found += _Table(data, node).listed(_CHILDREN)
        if len(found) > most:
            raise ValueError(f"its arguments have more than {_MOST_NODES} parts")
    return found


def _check_size(data: bytes, at: int) -> bool:
    """Looks at the size of an axis; says whether it is a formula."""
    length = _whole(data, at, "<I")
    text = data[at + 4 : at + 4 + min(length, _LONGEST_FORMULA + 1)].decode("latin-1")
    if text.isdigit():
        return False
    if length > _LONGEST_FORMULA:
        raise ValueError(f"the size of an axis is a formula of {length} characters")
    for summand in _summands(text):
        powers = [int(power or 1) for power in _POWER.findall(summand)]
        factors = summand.count("*") + sum(powers) + 1
        terms = summand.count("+") + summand.count("-") + 1
        if max(powers, default=1) > _LONGEST_FORMULA or math.comb(terms + factors, terms) > _MOST_TERMS:
            raise ValueError(f"the size of an axis is {text[:60]!r}, which has too many terms")
    return True


def _summands(text: str) -> list[str]:
    """The parts between the plus signs outside of parentheses."""
    found, depth, start = [], 0, 0
    for i, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and depth == 0:
            found.append(text[start:i])
            start = i + 1
    return [*found, text[start:]]
