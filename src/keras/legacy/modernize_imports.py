"""Imports and dotted names of a program, as `--modernize` writes them."""

from __future__ import annotations

import ast
from typing import Any

from keras.legacy import detect, modules, names
from keras.legacy.modernize_text import Text
from keras.legacy.packages import in_keras

RENAMED = {
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D",
    "SeparableConvolution2D": "SeparableConv2D", "AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D",
    "AtrousConv1D": "Conv1D", "AtrousConv2D": "Conv2D", "TimeDistributedDense": "Dense",
}  # fmt: skip


def modernize(tree: ast.Module, reading: detect.Reading, merged: list[str], text: Text) -> None:
    """Writes a program's imports, and the paths it spells out, as they are today.

    Args:
        tree: the program.
        reading: what its names stand for.
        merged: the functions that calls of `merge` became.
        text: what is changed.
    """
    whole = _only_for_keras(tree, reading)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            _modernize_plain(node, whole, text)
        elif _is_future(node):
            _leave_out(node, text)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if not _modernize_module(node, tree, text):
                _modernize_from(node, text, merged)
        elif isinstance(node, ast.Attribute):
            if node.attr == "keras" and reading.path_of(node.value) == "tensorflow":
                text.replace(node, "keras")
            else:
                _modernize_path(node, reading.path_of(node), text)


def import_keras(edited: str) -> str:
    """A rewritten program that has `keras` where it says so."""
    tree = ast.parse(edited)
    used = any(isinstance(n, ast.Name) and n.id == "keras" for n in ast.walk(tree))
    bound = {
        (a.asname or a.name.partition(".")[0])
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for a in node.names
    }
    if not used or "keras" in bound:
        return edited
    text = Text(edited)
    imports = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom)) and not _is_future(n)]
    text.insert(text.start(imports[0] if imports else tree.body[0]), "import keras\n")
    return text.edited()


def with_function(edited: str, name: str, definition: str) -> str:
    """A rewritten program with a function that it uses, behind the imports that come before."""
    tree = ast.parse(edited)
    uses = [n for n in tree.body if any(isinstance(x, ast.Name) and x.id == name for x in ast.walk(n))]
    if not uses or any(isinstance(n, ast.FunctionDef) and n.name == name for n in tree.body):
        return edited
    before = [n for n in tree.body[: tree.body.index(uses[0])] if isinstance(n, (ast.Import, ast.ImportFrom))]
    text = Text(edited)
    if before and text.source[text.end(before[-1]) :].lstrip(" ").startswith(("\n", "#")):
        text.insert(text.starts[before[-1].end_lineno or 0], f"\n\n{definition}\n\n")
    else:
        text.insert(text.starts[uses[0].lineno - 1], f"import keras\n\n\n{definition}\n\n\n")
    return text.edited()


def _is_future(node: Any) -> bool:
    return getattr(node, "module", None) == "__future__"


def _leave_out(node: Any, text: Text) -> None:
    """Takes out a line that asks for what Python 3 does anyway."""
    line = text.lines[node.lineno - 1]
    names_of_it = {alias.name for alias in node.names}
    if names_of_it <= detect.ASKED_OF_PYTHON_2 and line.strip() == text.of(node):
        text.put(text.starts[node.lineno - 1], text.starts[node.lineno], "")


def _only_for_keras(tree: ast.Module, reading: detect.Reading) -> set[str]:
    """Names of TensorFlow in a program that uses nothing of it but `keras`."""
    names_of_it = {name for name, path in reading.paths.items() if path == "tensorflow"}
    with_keras = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "keras"}
    others = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in with_keras}
    return names_of_it - others


def _modernize_plain(node: ast.Import, whole: set[str], text: Text) -> None:
    for alias in node.names:
        today = in_keras(alias.name)
        if alias.name == "tensorflow" and (alias.asname or alias.name) in whole:
            text.replace(alias, "keras")
        elif today != alias.name and alias.asname is not None:
            text.replace(alias, today if alias.asname == today else f"{today} as {alias.asname}")


def _modernize_path(node: ast.Attribute, path: str | None, text: Text) -> None:
    """`keras.layers.core.Dense` as `keras.layers.Dense`, `keras.constraints.maxnorm` as `keras.constraints.MaxNorm`."""
    if path is None or not isinstance(node.value, (ast.Attribute, ast.Name)):
        return
    module, _, name = path.rpartition(".")
    row = next((r for r in modules.rows_of(module) if name in modules.names_of(r)), None)
    if row is not None and _is_public(row.today) and in_keras(text.of(node.value)) == module:
        text.replace(node.value, row.today)
        module = row.today
    today = _name_of_today(module, name)
    if today is not None:
        text.rename_end(node, name, today)


def _is_public(module: str) -> bool:
    return not module.startswith(("keras.legacy", "keras._"))


def _name_of_today(module: str, name: str) -> str | None:
    """What a name that a module of today has no more is called there; None if nothing there is the same."""
    for home in names.HOMES:
        if home.module == home.home == module:
            for entry in home.names.split():
                old, _, today = entry.partition("=")
                if old == name and today:
                    return today
    return None


def _modernize_module(node: ast.ImportFrom, tree: ast.Module, text: Text) -> bool:
    """`from keras.utils import np_utils` as `from keras import utils as np_utils`, if what is used of it is there."""
    if len(node.names) != 1:
        return False
    (alias,) = node.names
    name = alias.asname or alias.name
    used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and getattr(n.value, "id", None) == name}
    rows = [r for r in modules.rows_of(f"{in_keras(str(node.module))}.{alias.name}") if used & set(modules.names_of(r))]
    if not used or len(rows) != 1:
        return False
    home = rows[0].today
    moved = set(modules.names_of(rows[0])) - set(names.names_of(home)) - RENAMED.keys()
    parent, _, last = home.rpartition(".")
    if not parent or not _is_public(home) or not used <= moved:
        return False
    text.replace(node, f"from {parent} import {last} as {name}")
    return True


def _modernize_from(node: ast.ImportFrom, text: Text, merged: list[str]) -> None:
    module = in_keras(str(node.module))
    if node.module == "tensorflow" and [a.name for a in node.names] == ["keras"]:
        name = node.names[0].asname
        text.replace(node, f"import keras as {name}" if name not in (None, "keras") else "import keras")
        return
    lines = _lines_of(node, module)
    if lines:
        by_module: dict[str, list[str]] = {}
        for today, name in lines:
            by_module.setdefault(today, []).append(name)
        indent = "\n" + " " * node.col_offset
        text.replace(node, indent.join(f"from {m} import {', '.join(n)}" for m, n in by_module.items()))
        return
    if module != node.module:
        start = text.source.index(str(node.module), text.start(node))
        text.put(start, start + len(str(node.module)), module)
    if module == "keras.layers":
        _modernize_layers(node, text, merged)
    elif not modules.rows_of(module):
        for alias in node.names:
            today = _name_of_today(module, alias.name)
            if today is not None:
                text.replace(alias, f"{today} as {alias.asname or alias.name}")


def _modernize_layers(node: ast.ImportFrom, text: Text, merged: list[str]) -> None:
    """Names from `keras.layers`, each once."""
    seen = {alias.name for alias in node.names}
    for alias in node.names:
        if alias.name == "merge" and alias.asname is None and merged:
            found = sorted(set(merged) - (seen - {"merge"}))
            if found:
                text.replace(alias, ", ".join(found))
            else:
                text.remove(alias)
        elif alias.name in RENAMED and alias.asname is None:
            today = RENAMED[alias.name]
            if today in seen:
                text.remove(alias)
            else:
                text.replace(alias, today)
                seen.add(today)


def _lines_of(node: ast.ImportFrom, module: str) -> list[tuple[str, str]]:
    """Where the names that an import takes from a module of another year are today; none if they all stay there."""
    rows = modules.rows_of(module)
    lines = []
    for alias in node.names:
        row = next((r for r in rows if alias.name in modules.names_of(r)), None)
        home = row.today if row is not None and _is_public(row.today) else module
        name = RENAMED.get(alias.name) or _name_of_today(home, alias.name) or alias.name
        kept = alias.asname or (alias.name if name != RENAMED.get(alias.name, alias.name) else None)
        entry = (home, name if kept is None else f"{name} as {kept}")
        if entry not in lines:
            lines.append(entry)
    return lines if any(home != module for home, _ in lines) else []
