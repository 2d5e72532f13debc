"""`python -m keras --modernize SCRIPT`: a program's text with today's names."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from keras.legacy import alike, arguments, detect, era, modernize_defaults, modules, names

_MERGES = {"sum": "add", "mul": "multiply", "ave": "average", "max": "maximum", "concat": "concatenate", "dot": "dot"}
_AXES = {"concatenate": "concat_axis", "dot": "dot_axes"}
_SAME_METHODS = {"predict_proba": "predict"}
# `predict_classes`: the largest of several outputs, or whether the only one is above a half
_CLASSES = "(lambda p: p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype('int32'))"
_METHODS = {"fit_generator": "fit", "evaluate_generator": "evaluate", "predict_generator": "predict"}
_RENAMED = {
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D",
    "SeparableConvolution2D": "SeparableConv2D",
}  # fmt: skip


_GENERATOR_PLACES = {
    "fit_generator": ("steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps"),
    "evaluate_generator": ("steps",),
    "predict_generator": ("steps",),
}
_OF_ROWS = frozenset((
    "samples_per_epoch", "nb_val_samples", "val_samples", "nb_epoch", "max_q_size", "nb_worker", "pickle_safe",
    "validation_freq", "workers", "max_queue_size", "use_multiprocessing",
))  # fmt: skip


def _counts_rows(node: ast.Call, given: dict) -> bool:
    """Whether a call of a generator method is one of 1.x, or has arguments that `fit` has not."""
    return not _OF_ROWS.isdisjoint(given) or len(node.args) > 7


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def modernized(source: str) -> str:
    """The text of a program, with the names, arguments and import paths of today where the tables have them.

    Args:
        source: the text.

    What is only known when the program runs, such as `**settings`, is left as it is.
    """
    tree = ast.parse(source)
    text = _Text(source)
    reading = detect.Reading()
    reading.read(tree)
    merges = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and reading.path_of(n.func) == "keras.layers.merge"]
    merged = [_modernize_merge(node, text) for node in merges]
    release = era.release_of(reading.elected())
    modernize_defaults.add_epochs(tree, reading.path_of, release, lambda node, more: _add(node, more, text))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _modernize_call(node, text, reading.path_of(node.func), release)
        elif isinstance(node, ast.ImportFrom):
            if not _modernize_module(node, tree, text):
                _modernize_import(node, text, merged)
        elif isinstance(node, ast.Attribute):
            _modernize_path(node, reading.path_of(node), text)
        elif isinstance(node, ast.FunctionDef) and node.name == "get_output_shape_for":
            start = text.source.index(node.name, text.start(node))
            text.edits.append(_Edit(start, start + len(node.name), "compute_output_shape"))
    if reading.reads_acc and not reading.asks_for_acc and era.RELEASES.index(release) < era.RELEASES.index("2.3"):
        _modernize_keys(tree, text)
    edited = text.edited()
    if modernize_defaults.needs_keras(edited, tree):
        first = next(n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom)) and not _is_future(n))
        text.edits.append(_Edit(text.start(first), text.start(first), "import keras\n"))
        edited = text.edited()
    return edited


def _is_future(node: Any) -> bool:
    return getattr(node, "module", None) == "__future__"


class _Text:
    """A text, and changes to be made to it at places that do not overlap."""

    def __init__(self, source: str):
        self.source = source
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.edits: list[_Edit] = []

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
        self.edits.append(_Edit(self.start(node), self.end(node), text))

    def remove(self, node: Any) -> None:
        """Takes an argument out, with the comma before or behind it."""
        start, end = self.start(node), self.end(node)
        before = self.source[:start].rstrip()
        if before.endswith(","):
            start = len(before) - 1
        elif self.source[end:].lstrip().startswith(","):
            end = self.source.index(",", end) + 1
            end += len(self.source[end:]) - len(self.source[end:].lstrip(" "))
        self.edits.append(_Edit(start, end, ""))

    def edited(self) -> str:
        """The text after all changes; of two that overlap, the inner one is made."""
        result, last = self.source, len(self.source) + 1
        for edit in sorted(self.edits, key=lambda e: (e.start, e.end), reverse=True):
            if edit.end <= last:
                result = result[: edit.start] + edit.text + result[edit.end :]
                last = edit.start
        return result


def _entries(name: str, is_method: bool) -> tuple[list, list]:
    """Rows and orders for a callable, by the last part of its name."""
    if is_method and name in _METHODS:
        tables = (arguments.GENERATOR_ROWS, arguments.GENERATOR_ORDERS)
        return arguments.entries_for(name, tables[0]), arguments.entries_for(name, tables[1])
    full = f"Model.{name}" if is_method and arguments.entries_for(f"Model.{name}", arguments.MODELS) else name
    today = alike.class_of_today(name)
    rows = [row for table in arguments.TABLES.values() for row in arguments.entries_for(today or full, table)]
    return rows, alike.orders_of(name) if today else arguments.entries_for(full, arguments.ORDERS)


def _modernize_call(node: ast.Call, text: _Text, path: str | None, release: str) -> None:
    function = node.func
    is_method = isinstance(function, ast.Attribute)
    name = function.attr if is_method else getattr(function, "id", None)
    if name is None:
        return
    if name in _SAME_METHODS and is_method:
        _rename(function, name, _SAME_METHODS[name], text)
    if name == "predict_classes" and is_method:
        _rename(function, name, "predict", text)
        start, end = text.start(node), text.end(node)
        text.edits += [_Edit(start, start, _CLASSES + "("), _Edit(end, end, ")")]
    if name == "Embedding":
        for keyword in node.keywords:
            if keyword.arg == "input_length":
                text.replace(keyword, f"input_shape={_as_shape(keyword.value, text)}")
    rows, orders = _entries(name, is_method)
    if not rows and not orders:
        return
    given: dict[str, str] = {k.arg: text.of(k.value) for k in node.keywords if k.arg}
    nodes: dict[str, Any] = {k.arg: k for k in node.keywords if k.arg}
    order = detect.order_of(orders, node.args)
    by_place: dict[str, Any] = {}
    if order is not None and not any(isinstance(a, ast.Starred) for a in node.args):
        by_place = dict(zip(order.order.split(), node.args))
        given = {**{n: text.of(a) for n, a in by_place.items()}, **given}
        nodes = {**by_place, **nodes}
    if is_method and name in _METHODS:
        if _counts_rows(node, given):
            return  # how many batches hold so many rows is known only when the program runs
        places = ("generator", *_GENERATOR_PLACES[name])
        by_place = dict(zip(places, node.args))
        given = {**{n: text.of(a) for n, a in by_place.items()}, **given}
        nodes = {**by_place, **nodes}
        rows = [*rows, arguments.Row(name, "generator", "x")]
        _rename(function, name, _METHODS[name], text)
    renamed = _today(given, rows)
    more = {} if path is None else modernize_defaults.missing(path, node, set(dict(renamed)), release)
    if path is not None and path.startswith("keras.optimizers.") and "decay" in given and name != "Nadam":
        _write_schedule(node, given, renamed, nodes, more, text)
    if more:
        _add(node, more, text)
    if name in _RENAMED:
        _rename(function, name, _RENAMED[name], text)
    if not by_place and renamed == list(given.items()):
        return
    for old, new in _pairs(given, renamed, rows):
        if new:
            text.replace(nodes[old], new)
        else:
            text.remove(nodes[old])


def _write_schedule(node: ast.Call, given: dict, renamed: list, nodes: dict, more: dict, text: _Text) -> None:
    """Writes `lr` and `decay` of an optimizer as a schedule; without `lr` it is the default that decays."""
    rate = dict(renamed).get("learning_rate")
    if rate is None and node.args:
        return  # a rate without a name: left as it is, which works
    text.remove(nodes["decay"])
    renamed[:] = [(k, v) for k, v in renamed if k != "decay"]
    decay = given.pop("decay")
    if decay in ("0", "0.", "0.0"):
        return
    default = more.pop("learning_rate", "0.01" if getattr(node.func, "id", "") == "SGD" else "0.001")
    schedule = modernize_defaults.decayed(rate or default, decay)
    if rate is None:
        more["learning_rate"] = schedule
        return
    renamed[:] = [(k, schedule if k == "learning_rate" else v) for k, v in renamed]


def _add(node: ast.Call, more: dict[str, str], text: _Text) -> None:
    """Puts arguments behind the last one of a call."""
    end = text.end(node) - 1
    inside = text.source[:end].rstrip()
    comma = "" if inside.endswith(("(", ",")) else ", "
    text.edits.append(_Edit(end, end, comma + ", ".join(f"{k}={v}" for k, v in more.items())))


def _as_shape(length: ast.expr, text: _Text) -> str:
    return text.of(length) if isinstance(length, (ast.Tuple, ast.List)) else f"({text.of(length)},)"


def _rename(function: Any, old: str, new: str, text: _Text) -> None:
    end = text.end(function)
    text.edits.append(_Edit(end - len(old), end, new))


def _today(given: dict[str, str], rows: list) -> list[tuple[str, str]]:
    """Names and values of today for those given."""
    found = dict(given)
    for row in rows:
        olds, todays = arguments._several(row.old), arguments._several(row.today)
        if olds == todays or not all(o in found for o in olds):
            continue
        parts = [found.pop(o) for o in olds]
        value = f"({', '.join(parts)})" if len(olds) > 1 else _value(row, parts[0])
        if value is not None:
            found.update(dict.fromkeys(todays, value))
    return list(found.items())


def _value(row: Any, text: str) -> str | None:
    if not isinstance(row.value, dict):
        return text
    try:
        value = ast.literal_eval(text)
        return repr(row.value[value]) if row.today else None
    except (ValueError, KeyError, TypeError):
        return text


def _pairs(given: dict[str, str], renamed: list[tuple[str, str]], rows: list) -> list[tuple[str, str]]:
    """For each argument as given, what stands in its place; of several that became one, the first takes it."""
    today = dict(renamed)
    found = []
    for old in given:
        row = next((r for r in rows if old in arguments._several(r.old) and r.old != r.today), None)
        if row is None or old in today:
            found.append((old, f"{old}={today.get(old, given[old])}"))
            continue
        olds, todays = arguments._several(row.old), arguments._several(row.today)
        if old == olds[0] and todays:
            found.append((old, ", ".join(f"{n}={today[n]}" for n in todays if n in today)))
        else:
            found.append((old, ""))
    return found


def _modernize_path(node: ast.Attribute, path: str | None, text: _Text) -> None:
    """`keras.layers.core.Dense` as `keras.layers.Dense`, `keras.constraints.maxnorm` as `keras.constraints.MaxNorm`."""
    if path is None or not isinstance(node.value, (ast.Attribute, ast.Name)):
        return
    module, _, name = path.rpartition(".")
    row = next((r for r in modules.rows_of(module) if name in modules.names_of(r)), None)
    if row is not None and _is_public(row.today) and text.of(node.value) == module:
        text.replace(node.value, row.today)
        module = row.today
    today = _name_of_today(module, name)
    if today is not None:
        _rename(node, name, today, text)


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


def _modernize_merge(node: ast.Call, text: _Text) -> str:
    """Writes `merge([a, b], mode='sum')` as `add([a, b])`; returns the function it is, `merge` if that is not known."""
    given = {k.arg: k for k in node.keywords}
    mode = given["mode"].value if "mode" in given else ast.Constant("sum")
    today = _MERGES.get(mode.value) if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else None
    if today == "dot" and "dot_axes" not in given:
        return "merge"  # the last axis of the first is meant, and which one of the second depends on its rank
    if today is None or len(node.args) != 1 or not {"mode", _AXES.get(today, "mode"), "name"}.issuperset(given):
        return "merge"
    _rename(node.func, "merge", today, text)
    if "mode" in given:
        text.remove(given["mode"])
    axes = given.get(_AXES.get(today))
    if axes is not None:
        text.replace(axes, f"{'axes' if today == 'dot' else 'axis'}={text.of(axes.value)}")
    return today


def _modernize_keys(tree: ast.Module, text: _Text) -> None:
    """`history['acc']`, `logs.get('val_acc')` and `monitor='val_acc'`, where 'accuracy' was asked for."""
    for node in ast.walk(tree):
        found: Any = None
        if isinstance(node, ast.arguments) and node.defaults:
            defaults = zip(node.args[-len(node.defaults) :], node.defaults)
            found = next((value for one, value in defaults if one.arg == "monitor"), None)
        if isinstance(node, ast.Subscript):
            found = node.slice
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
            found = node.args[0]
        elif isinstance(node, ast.keyword) and node.arg == "monitor":
            found = node.value
        if isinstance(found, ast.Constant) and found.value in ("acc", "val_acc"):
            text.replace(found, repr(found.value.replace("acc", "accuracy")))


def _modernize_module(node: ast.ImportFrom, tree: ast.Module, text: _Text) -> bool:
    """`from keras.utils import np_utils` as `from keras import utils as np_utils`, if what is used of it is there."""
    if len(node.names) != 1 or not node.module:
        return False
    (alias,) = node.names
    name = alias.asname or alias.name
    used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and getattr(n.value, "id", None) == name}
    rows = [r for r in modules.rows_of(f"{node.module}.{alias.name}") if used & set(modules.names_of(r))]
    if not used or len(rows) != 1:
        return False
    home = rows[0].today
    moved = set(modules.names_of(rows[0])) - set(names.names_of(home)) - _RENAMED.keys()
    parent, _, last = home.rpartition(".")
    if not parent or not _is_public(home) or not used <= moved:
        return False
    text.replace(node, f"from {parent} import {last} as {name}")
    return True


def _modernize_import(node: ast.ImportFrom, text: _Text, merged: list[str]) -> None:
    rows = modules.rows_of(node.module or "")
    if node.module == "keras.layers":
        for alias in node.names:
            if alias.name == "merge" and alias.asname is None and merged:
                text.replace(alias, ", ".join(sorted(set(merged))))
            elif alias.name in _RENAMED and alias.asname is None:
                text.replace(alias, _RENAMED[alias.name])
        return
    if not rows:
        for alias in node.names:
            today = _name_of_today(node.module or "", alias.name)
            if today is not None:
                text.replace(alias, f"{today} as {alias.asname or alias.name}")
        return
    lines = []
    for alias in node.names:
        row = next((r for r in rows if alias.name in modules.names_of(r)), None)
        if row is None or not _is_public(row.today):
            return
        name = _RENAMED.get(alias.name, alias.name)
        if name in names.names_of(row.today):
            return
        as_name = f" as {alias.asname}" if alias.asname else ""
        lines.append((row.today, name + as_name))
    by_module: dict[str, list[str]] = {}
    for module, name in lines:
        by_module.setdefault(module, []).append(name)
    indent = "\n" + " " * node.col_offset
    text.replace(node, indent.join(f"from {m} import {', '.join(n)}" for m, n in by_module.items()))
