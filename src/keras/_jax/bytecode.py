"""What the bytes of a program claim, held against the bytes that are there, before jaxlib reads them.

MLIR's bytecode says how many strings, types, values and blocks follow, and jaxlib's reader takes the memory for them at
once: ten bytes can ask for all there is. Nothing here knows what operations mean; see
https://mlir.llvm.org/docs/BytecodeFormat for the layout.
"""

from __future__ import annotations

MAGIC = b"ML\xefR"
NEWEST = 6  # of the versions of the layout, the one that is known here
_STRING, _DIALECT, _ENTRY, _OFFSET, _IR, _RESOURCE, _RESOURCE_OFFSET, _VERSIONS, _PROPERTY = range(9)
_DEEPEST = 100
_LONGEST_CHAIN = 500
# What the kinds of attributes and types hold: `a` an attribute, `t` a type, `n` a number; behind `*` a list of that,
# behind `2` a list of pairs; `.` numbers and bytes to the end. Those of `vhlo` that are not here are words or one name
# of several; those of `builtin` are refused, for programs are written with those of `vhlo` and places in sources.
_HELD = {
    (b"vhlo", "a"): {1: "*a", 6: "2a", 8: "t.", 9: "t.", 15: "t.", 17: "t"},
    (b"vhlo", "t"): {8: "*t*t", 20: "*nt", 21: "*nta"},
    (b"builtin", "a"): {0: "*a", 1: "2a", 2: ".", 8: "t.", 10: "aa", 11: "a.", 12: "*a", 13: "*aa", 14: "aa", 15: "",
                        22: "a."},
    (b"builtin", "t"): {0: ".", 1: "", 2: "*t*t"},
}  # fmt: skip
_ATTRIBUTES, _ORDERS, _REGIONS, _PROPERTIES = 0x01, 0x20, 0x10, 0x40
_LISTS = (0x02, 0x04, 0x08)  # results, operands, successors


class _Bytes:
    """A part of the bytes, read from front to back."""

    def __init__(self, data: bytes, start: int, stop: int):
        self.data, self.at, self.stop = data, start, stop

    @property
    def left(self) -> int:
        return self.stop - self.at

    def byte(self) -> int:
        if self.at >= self.stop:
            raise ValueError("it ends too soon")
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """A number of 1 to 9 bytes; as many zeros as its first byte ends in say how many follow."""
        first = self.byte()
        more = 8 if first == 0 else (first & -first).bit_length() - 1
        if more > self.left:
            raise ValueError("it ends too soon")
        start = self.at if first == 0 else self.at - 1
        self.at += more
        value = int.from_bytes(self.data[start : self.at], "little")
        return value if first == 0 else value >> (more + 1)

    def count(self) -> int:
        """How many things follow, each of which takes a byte at least."""
        return self.checked(self.number())

    def checked(self, count: int) -> int:
        if count > self.left:
            raise ValueError(f"{count} things are said to follow in {self.left} bytes")
        return count

    def numbers(self, count: int) -> None:
        for _ in range(count):
            self.number()

    def part(self, size: int) -> _Bytes:
        """The next bytes, by themselves."""
        found = _Bytes(self.data, self.at, self.at + self.checked(size))
        self.at += size
        return found

    def section(self) -> tuple[int, _Bytes]:
        kind = self.byte()
        size = self.number()
        if kind & 0x80:  # followed by zeros or the like up to a multiple
            step = self.number()
            if not 1 <= step <= 4096:
                raise ValueError(f"a part stands at a multiple of {step}")
            self.part(-self.at % step)
        return kind & 0x7F, self.part(size)

    def ended(self) -> None:
        if self.left:
            raise ValueError(f"{self.left} bytes belong to nothing")


def check(data: bytes) -> None:
    """Refuses bytes that claim more than they hold.

    Raises:
        ValueError: they are not in the layout, or something in them is said to be larger than the bytes are.
    """
    whole = _Bytes(data, len(MAGIC), len(data))
    if not data.startswith(MAGIC):
        raise ValueError("it is no bytecode")
    version = whole.number()
    if version > NEWEST:
        raise ValueError(f"version {version} of the bytecode is not known")
    whole.part(data.find(b"\0", whole.at) + 1 - whole.at)  # who wrote it
    sections: dict[int, _Bytes] = {}
    while whole.left:
        kind, found = whole.section()
        if kind in sections or kind > _PROPERTY:
            raise ValueError(f"part {kind} is there twice or not known")
        sections[kind] = found
    if not sections.keys() >= {_STRING, _DIALECT, _ENTRY, _OFFSET, _IR}:
        raise ValueError("parts are missing")
    strings = _strings(sections[_STRING])
    dialects = _dialects(sections[_DIALECT], strings)
    _entries(sections[_OFFSET], sections[_ENTRY], dialects)
    for kind in (_RESOURCE, _RESOURCE_OFFSET):
        if kind in sections and any(sections[kind].number() for _ in range(sections[kind].left)):
            raise ValueError("it has resources beside it")
    if _PROPERTY in sections:
        listed = sections[_PROPERTY]
        for _ in range(listed.count()):
            listed.part(listed.number())
    _block(sections[_IR], 0)
    sections[_IR].ended()


def _strings(part: _Bytes) -> list[bytes]:
    sizes = [part.number() for _ in range(part.count())]  # from last to first
    return [part.data[text.at : text.stop].rstrip(b"\0") for text in map(part.part, reversed(sizes))]


def _dialects(part: _Bytes, strings: list[bytes]) -> list[bytes]:
    """Names of the dialects; behind them stand those of the operations of each."""
    names = []
    for _ in range(part.count()):
        number = part.number()
        if number >> 1 >= len(strings):
            raise ValueError("a dialect has no name")
        names.append(strings[number >> 1])
        if number & 1:
            part.section()
    part.count()
    while part.left:
        part.number()
        part.numbers(part.count())
    return names


def _entries(offsets: _Bytes, entries: _Bytes, dialects: list[bytes]) -> None:
    """Attributes, then types: sizes in one part, contents in another."""
    attributes, types = offsets.count(), offsets.count()
    offsets.checked(attributes + types)
    most = 4 * entries.left + 1000
    held: list[list[int]] = []
    for kind, last in (("a", attributes), ("t", attributes + types)):
        while len(held) < last:
            dialect, count = offsets.number(), offsets.count()
            if dialect >= len(dialects) or not 0 < count <= last - len(held):
                raise ValueError("attributes are counted wrongly")
            for _ in range(count):
                size = offsets.number()
                if not size & 1:
                    raise ValueError("an attribute is written as text")
                found = _held(entries.part(size >> 1), dialects[dialect], kind)
                held.append([number if of == "a" else attributes + number for of, number in found])
    offsets.ended()
    _check_sizes(held, most)


def _held(part: _Bytes, dialect: bytes, kind: str) -> list[tuple[str, int]]:
    """The attributes and types inside one: kinds and numbers."""
    code = part.number()
    layout = _HELD.get((dialect, kind), {}).get(code)
    if layout is None:
        if dialect == b"builtin":
            raise ValueError(f"it has an attribute of kind {code}, which no program traced here has")
        layout = "t" if kind == "t" and part.left else "."
    found, times = [], 1
    for step in layout:
        if step == "*":
            times = part.count()
        elif step == "2":
            times = 2 * part.count()
        elif step == ".":
            part.at = part.stop
        else:
            found += [(step, part.number()) for _ in range(times)]
            times = 1
    part.ended()
    return [one for one in found if one[0] != "n"]


def _check_sizes(held: list[list[int]], most: int) -> None:
    """Refuses attributes inside themselves, and those that are large when each is written out where it is named."""
    sizes = [0] * len(held)  # 0 until it is known
    for start in range(len(held)):
        chain = [start]
        while chain:
            one = chain[-1]
            if any(inner >= len(held) for inner in held[one]):
                raise ValueError("an attribute names what is not there")
            unknown = next((inner for inner in held[one] if not sizes[inner]), None)
            if unknown is None:
                sizes[one] = 1 + sum(sizes[inner] for inner in held[one])
                if sizes[one] > most:
                    raise ValueError("an attribute is larger than all of them")
                chain.pop()
            elif len(chain) > _LONGEST_CHAIN or unknown in chain:
                raise ValueError("an attribute is inside itself, or too deep")
            else:
                chain.append(unknown)


def _region(part: _Bytes, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"it is more than {_DEEPEST} levels deep")
    blocks = part.count()
    if blocks:
        part.count()  # of the values in it
    for _ in range(blocks):
        _block(part, depth)


def _block(part: _Bytes, depth: int) -> None:
    about = part.number()
    operations = part.checked(about >> 1)
    if about & 1:
        for _ in range(part.count()):
            if part.number() & 1:
                part.number()  # where it comes from
        if part.byte():
            raise ValueError("it has orders of uses")
    for _ in range(operations):
        _operation(part, depth)


def _operation(part: _Bytes, depth: int) -> None:
    part.number()  # its name
    has = part.byte()
    part.number()  # where it comes from
    for bit in (_ATTRIBUTES, _PROPERTIES):
        if has & bit:
            part.number()
    for bit in _LISTS:
        if has & bit:
            part.numbers(part.count())
    if has & _ORDERS:
        raise ValueError("it has orders of uses")
    if has & _REGIONS:
        about = part.number()
        for _ in range(part.checked(about >> 1)):
            if not about & 1:
                _region(part, depth + 1)
                continue
            kind, inside = part.section()
            if kind != _IR:
                raise ValueError(f"part {kind} stands in an operation")
            _region(inside, depth + 1)
            inside.ended()
