"""A program's text, and changes made to it where its syntax tree says."""

from __future__ import annotations

import ast
import re
from typing import Any, NamedTuple


class Edit(NamedTuple):
    """What is put in the place of a part of a text."""

    start: int
    end: int
    text: str


class Text:
    """A text, and changes to be made to it at places that do not overlap."""

    def __init__(self, source: str):
        self.source = source
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.edits: list[Edit] = []
        self._removed: set[int] = set()

    def place(self, line: int, column: int) -> int:
        """The position of a line and a column, which the parser counts in bytes."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def of(self, node: Any) -> str:
        """The text of a node."""
        return self.source[self.start(node) : self.end(node)]

    def start(self, node: Any) -> int:
        """Where a node begins."""
        return self.place(node.lineno, node.col_offset)

    def end(self, node: Any) -> int:
        """Where a node ends."""
        return self.place(node.end_lineno, node.end_col_offset)

    def replace(self, node: Any, text: str) -> None:
        """Puts `text` in the place of a node."""
        self.edits.append(Edit(self.start(node), self.end(node), text))

    def put(self, start: int, end: int, text: str) -> None:
        """Puts `text` in the place of a part."""
        self.edits.append(Edit(start, end, text))

    def insert(self, place: int, text: str) -> None:
        """Puts `text` before what is at a position."""
        self.edits.append(Edit(place, place, text))

    def rename_end(self, node: Any, old: str, new: str) -> None:
        """Puts `new` in the place of the name that a node ends with."""
        end = self.end(node)
        self.edits.append(Edit(end - len(old), end, new))

    def name(self, argument: Any, name: str, call: ast.Call) -> None:
        """Gives an argument of a call a name, or another one, and leaves its value as it is written."""
        start = self.start(argument)
        if isinstance(argument, ast.keyword):
            self.edits.append(Edit(start, start + len(str(argument.arg)), name))
            return
        before = max((self.end(a) for a in call.args if self.end(a) <= start), default=None)
        first = self.source.index("(" if before is None else ",", before or self.end(call.func)) + 1
        bracket = self.source.find("(", first, start)  # of an argument in parentheses of its own
        self.insert(start if bracket < 0 else bracket, f"{name}=")

    def remove(self, node: Any) -> None:
        """Takes an argument out, with the comma before or behind it."""
        start, end = self.start(node), self.end(node)
        self._removed.add(start)
        before = self.source[:start].rstrip()
        if before.endswith(","):
            start = len(before) - 1
        elif self.source[end:].lstrip().startswith(","):
            end = self.source.index(",", end) + 1
            end += len(self.source[end:]) - len(self.source[end:].lstrip(" "))
        self.edits.append(Edit(start, end, ""))

    def add(self, call: ast.Call, more: dict[str, str]) -> None:
        """Puts arguments behind the last one of a call."""
        end = self.end(call) - 1
        given = [a for a in (*call.args, *call.keywords) if self.start(a) not in self._removed]
        last = max([self.end(call.func), *map(self.end, given)])
        rest = re.sub(r"#[^\n]*", "", self.source[last:end]).rstrip()
        comma = "" if not given or rest.endswith(",") else ", "
        self.insert(end, comma + ", ".join(f"{k}={v}" for k, v in more.items()))

    def edited(self) -> str:
        """The text after all changes; of two that overlap, the inner one is made."""
        result, last = self.source, len(self.source) + 1
        for edit in sorted(self.edits, key=lambda e: (e.start, e.end), reverse=True):
            if edit.end <= last:
                result = result[: edit.start] + edit.text + result[edit.end :]
                last = edit.start
        return result
