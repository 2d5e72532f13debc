"""Programs written for Python 2: their `print` statements, their whole quotients, and the names that they had.

Only programs that Python 3 would stop at are read this way.
"""

from __future__ import annotations

import ast
import functools
import io
import numbers
import sys
import tokenize
from types import CodeType, ModuleType
from typing import Any

_ENDS = (tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.COMMENT)
_BEFORE_A_STATEMENT = (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


def divide(a: Any, b: Any) -> Any:
    """`a / b` of Python 2: of two whole numbers it is the whole quotient."""
    return a // b if _is_whole(a) and _is_whole(b) else a / b


def _is_whole(x: Any) -> bool:
    return isinstance(x, numbers.Integral) or getattr(getattr(x, "dtype", None), "kind", None) in ("i", "u")


NAMES = {
    "xrange": range, "raw_input": input, "unicode": str, "basestring": str, "long": int, "unichr": chr,
    "reduce": functools.reduce, "__divide__": divide,
}  # fmt: skip


# names that Python 3 has not, and what a program says that asks which Python it runs in
_GONE = frozenset(("xrange", "raw_input", "unicode", "basestring", "long", "unichr"))
_ASKS = frozenset(("version_info", "NameError", "six", "PY2", "PY3", "builtins", "__builtin__"))


def needed(source: str) -> bool:
    """Whether a text is a program of Python 2 alone: by `print` statements, or names that it takes as given."""
    return bool(names_taken_as_given(source)) if _parses(source) else _parses(with_calls_of_print(source))


def names_taken_as_given(source: str) -> list[str]:
    """The names that only Python 2 had, of a program that parses, makes none of them itself and asks for no version."""
    if not any(name in source for name in _GONE):
        return []
    nodes = list(ast.walk(ast.parse(source)))
    read = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    made = {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    made |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    made |= {n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    brought = {part for n in nodes if isinstance(n, ast.alias) for part in (n.asname or n.name).split(".")}
    brought |= {part for n in nodes if isinstance(n, ast.ImportFrom) for part in (n.module or "").split(".")}
    asked = read | brought | {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    return [] if asked & _ASKS else sorted((read & _GONE) - made - brought)


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def with_calls_of_print(source: str) -> str:
    """The text with `print a, b` as `print(a, b)`; its lines stay where they are."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source
    lines = source.splitlines(keepends=True)
    for number in reversed(range(len(tokens))):
        token = tokens[number]
        if (token.type, token.string) == (tokenize.NAME, "print") and _begins_a_statement(tokens, number):
            _rewrite(lines, tokens, number)
    return "".join(lines)


def _begins_a_statement(tokens: list, number: int) -> bool:
    before = tokens[number - 1] if number else None
    return before is None or before.type in _BEFORE_A_STATEMENT or before.string in (":", ";")


def _rewrite(lines: list[str], tokens: list, number: int) -> None:
    depth, end = 0, number + 1
    while depth or not (tokens[end].type in _ENDS or tokens[end].string == ";"):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(tokens[end].string, 0)
        end += 1
    inside = tokens[number + 1 : end]
    if inside and _is_one_pair(inside):
        return
    file = ""
    if inside and inside[0].string == ">>":
        comma = next((i for i, t in enumerate(inside) if t.string == ","), len(inside))
        file = ", file=" + "".join(t.string for t in inside[1:comma])
        inside = inside[comma + 1 :]
    goes_on = bool(inside) and inside[-1].string == ","
    inside = inside[:-1] if goes_on else inside
    close = (", end=' '" if goes_on else "") + file + ")"
    row, column = tokens[end - 1].end
    if inside:
        last_row, last = inside[-1].end
        lines[last_row - 1] = lines[last_row - 1][:last] + close + lines[row - 1][column:]
        row, column = inside[0].start
        begin = tokens[number].start[1]
        lines[row - 1] = lines[row - 1][:begin] + "print(" + lines[row - 1][column:]
    else:
        begin = tokens[number].start[1]
        lines[row - 1] = lines[row - 1][:begin] + "print(" + close.removeprefix(", ") + lines[row - 1][column:]


def _is_one_pair(tokens: list) -> bool:
    """Whether brackets hold all of it: a call already."""
    if tokens[0].string != "(" or tokens[-1].string != ")":
        return False
    depth = 0
    for token in tokens[:-1]:
        depth += {"(": 1, ")": -1}.get(token.string, 0)
        if depth == 0:
            return False
    return True


class _Quotients(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        call = ast.Call(ast.Name("__divide__", ast.Load()), [node.left, node.right], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or not isinstance(node.target, ast.Name):
            return node
        call = ast.Call(ast.Name("__divide__", ast.Load()), [ast.Name(node.target.id, ast.Load()), node.value], [])
        return ast.fix_missing_locations(ast.copy_location(ast.Assign([node.target], call), node))


def compiled(source: str, path: str) -> CodeType:
    """The code of a program of Python 2."""
    tree = ast.parse(source if _parses(source) else with_calls_of_print(source), path)
    future = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    divides = any(alias.name == "division" for node in future for alias in node.names)
    return compile(tree if divides else _Quotients().visit(tree), path, "exec")


def run(source: str, path: str) -> None:
    """Runs a program of Python 2 as the main one."""
    signs = [f"`{name}` is there" for name in names_taken_as_given(source)] if _parses(source) else []
    what = ", ".join(signs) or "`print` is a statement"
    print(f"keras: {path} is read as Python 2: {what}, `/` of whole numbers is `//`.", file=sys.stderr)
    module = ModuleType("__main__")
    module.__file__ = path
    vars(module).update(NAMES)
    sys.modules["__main__"] = module
    exec(compiled(source, path), vars(module))
