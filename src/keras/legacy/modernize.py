"""`python -m keras --modernize SCRIPT`: a program's text with today's names."""

from __future__ import annotations

import ast
from typing import Any

from keras.legacy import alike, arguments, detect, era, modernize_defaults, modernize_imports, modernize_layers
from keras.legacy.modernize_imports import RENAMED
from keras.legacy.modernize_text import Text

_MERGES = {"sum": "add", "mul": "multiply", "ave": "average", "max": "maximum", "concat": "concatenate", "dot": "dot"}
_AXES = {"concatenate": "concat_axis", "dot": "dot_axes"}
# `predict_classes`: the largest of several outputs, or whether the only one is above a half
_CLASSES = "(lambda p: p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype('int32'))"
_METHODS = {"fit_generator": "fit", "evaluate_generator": "evaluate", "predict_generator": "predict"}

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


def modernized(source: str) -> str:
    """The text of a program, with the names, arguments and import paths of today where the tables have them.

    Args:
        source: the text.

    What is only known when the program runs, such as `**settings`, is left as it is.
    """
    tree = ast.parse(source)
    text = Text(source)
    reading = detect.Reading()
    reading.read(tree)
    functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    merges = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and reading.path_of(n.func) == "keras.layers.merge"]
    merged = [_modernize_merge(node, functions, text) for node in merges]
    release = era.release_of(reading.elected())
    modernize_defaults.add_epochs(tree, reading.path_of, release, text.add)
    estimators = _estimators(tree, reading)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _modernize_call(node, text, reading.path_of(node.func), release)
            _modernize_predictions(node, text, estimators)
            modernize_defaults.write_hard_sigmoids(node, reading.path_of(node.func), release, text)
        elif isinstance(node, ast.Attribute) and node.attr == "lr" and _is_optimizer(node.value, reading, tree):
            text.rename_end(node, "lr", "learning_rate")
        elif isinstance(node, ast.FunctionDef) and node.name == "get_output_shape_for":
            start = text.source.index(node.name, text.start(node))
            text.put(start, start + len(node.name), "compute_output_shape")
    modernize_imports.modernize(tree, reading, merged, text)
    modernize_layers.write_shapes(tree, reading.path_of, text)
    if reading.reads_acc and not reading.asks_for_acc and era.RELEASES.index(release) < era.RELEASES.index("2.3"):
        _modernize_keys(tree, text)
    edited = modernize_defaults.with_hard_sigmoid(text.edited())
    return modernize_imports.import_keras(edited)


def _estimators(tree: ast.Module, reading: detect.Reading) -> set[str]:
    """Names that the program gave to estimators of scikit-learn, which have `predict_proba` today too."""
    made = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and isinstance(n.value, ast.Call)]
    theirs = (*detect.OTHER_ESTIMATORS, "keras.wrappers.")
    of_them = [n for n in made if (reading.path_of(n.value.func) or "").startswith(theirs)]  # type: ignore[attr-defined]
    return {target.id for node in of_them for target in node.targets if isinstance(target, ast.Name)}


def _modernize_predictions(node: ast.Call, text: Text, estimators: set[str]) -> None:
    """`predict_proba` and `predict_classes` of models as `predict`."""
    if not isinstance(node.func, ast.Attribute) or getattr(node.func.value, "id", None) in estimators:
        return
    if node.func.attr == "predict_proba":
        text.rename_end(node.func, "predict_proba", "predict")
    elif node.func.attr == "predict_classes":
        text.rename_end(node.func, "predict_classes", "predict")
        text.insert(text.start(node), _CLASSES + "(")
        text.insert(text.end(node), ")")


def _is_optimizer(node: ast.expr, reading: detect.Reading, tree: ast.Module) -> bool:
    """Whether an expression is a model's optimizer, or a name that the program gave to one."""
    if isinstance(node, ast.Attribute):
        return node.attr == "optimizer"
    made = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and isinstance(n.value, ast.Call)]
    return isinstance(node, ast.Name) and any(
        (reading.path_of(n.value.func) or "").startswith("keras.optimizers.")  # type: ignore[attr-defined]
        and any(isinstance(t, ast.Name) and t.id == node.id for t in n.targets)
        for n in made
    )


def _entries(name: str, is_method: bool) -> tuple[list, list]:
    """Rows and orders for a callable, by the last part of its name."""
    if is_method and name in _METHODS:
        tables = (arguments.GENERATOR_ROWS, arguments.GENERATOR_ORDERS)
        return arguments.entries_for(name, tables[0]), arguments.entries_for(name, tables[1])
    full = f"Model.{name}" if is_method and arguments.entries_for(f"Model.{name}", arguments.MODELS) else name
    today = alike.class_of_today(name)
    rows = [row for table in arguments.TABLES.values() for row in arguments.entries_for(today or full, table)]
    rows += arguments.entries_for(name, [alike.ATROUS])
    return rows, alike.orders_of(name) if today else arguments.entries_for(full, arguments.ORDERS)


def _modernize_call(node: ast.Call, text: Text, path: str | None, release: str) -> None:
    function = node.func
    is_method = isinstance(function, ast.Attribute)
    name = function.attr if is_method else getattr(function, "id", None)
    if name is None:
        return
    if name == "Embedding":
        for keyword in node.keywords:
            if keyword.arg == "input_length":
                text.replace(keyword, f"input_shape={_as_shape(keyword.value, text)}")
    rows, orders = _entries(name, is_method)
    if not rows and not orders:
        return
    given: dict[str, str] = {k.arg: text.of(k.value) for k in node.keywords if k.arg}
    nodes: dict[str, Any] = {k.arg: k for k in node.keywords if k.arg}
    order = _order(name, orders, node.args, release)
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
        text.rename_end(function, name, _METHODS[name])
    renamed = _today(given, rows)
    more = {} if path is None else modernize_defaults.missing(path, node, set(dict(renamed)), release)
    if path is not None and path.startswith("keras.optimizers.") and "decay" in given and name != "Nadam":
        _write_schedule(node, given, renamed, nodes, more, text)
    if name in RENAMED:
        text.rename_end(function, name, RENAMED[name])
    if by_place or renamed != list(given.items()):
        for old, new in _pairs(given, renamed, rows):
            name = new.partition("=")[0]
            if not new:
                text.remove(nodes[old])
            elif new == f"{name}={given[old]}":
                if getattr(nodes[old], "arg", None) != name:
                    text.name(nodes[old], name, node)
            else:
                text.replace(nodes[old], new)
    if more:
        text.add(node, more)


def _write_schedule(node: ast.Call, given: dict, renamed: list, nodes: dict, more: dict, text: Text) -> None:
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


def _as_shape(length: ast.expr, text: Text) -> str:
    return text.of(length) if isinstance(length, (ast.Tuple, ast.List)) else f"({text.of(length)},)"


def _order(name: str, orders: list, args: list, release: str) -> Any:
    """The order of a call's positional arguments: what they say themselves, or what the class meant in 1.x."""
    found = detect.order_of(orders, args)
    older = name.startswith(("Convolution", "AtrousConv", "SeparableConvolution")) and not name.endswith("1D")
    if found is None and older and len(args) > 2 and era.RELEASES.index(release) < era.RELEASES.index("2.0"):
        return next(order for order in orders if order.before)  # sizes that are known only when the program runs
    return found


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
    computed = callable(row.value) and isinstance(row.today, str)
    if not computed and not isinstance(row.value, dict):
        return text
    try:
        value = ast.literal_eval(text)
        if computed:
            return repr(row.value(value))
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


def _modernize_merge(node: ast.Call, functions: set[str], text: Text) -> str:
    """Writes `merge([a, b], mode='sum')` as `add([a, b])`; returns what it calls, `merge` if that is not known."""
    given = {k.arg: k for k in node.keywords}
    mode = given["mode"].value if "mode" in given else ast.Constant("sum")
    is_function = isinstance(mode, ast.Lambda) or getattr(mode, "id", None) in functions
    if is_function and len(node.args) == 1 and {"mode", "output_shape", "arguments", "name"}.issuperset(given):
        more = [text.of(k) for k in node.keywords if k.arg != "mode"]
        text.replace(node.func, f"Lambda({', '.join([text.of(mode), *more])})")
        for keyword in node.keywords:
            text.remove(keyword)
        return "Lambda"
    today = _MERGES.get(mode.value) if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else None
    if today == "dot" and "dot_axes" not in given:
        return "merge"  # the last axis of the first is meant, and which one of the second depends on its rank
    if today is None or len(node.args) != 1 or not {"mode", _AXES.get(today, "mode"), "name"}.issuperset(given):
        return "merge"
    text.rename_end(node.func, "merge", today)
    if "mode" in given:
        text.remove(given["mode"])
    axes = given.get(_AXES.get(today))
    if axes is not None:
        text.replace(axes, f"{'axes' if today == 'dot' else 'axis'}={text.of(axes.value)}")
    return today


def _modernize_keys(tree: ast.Module, text: Text) -> None:
    """'acc' and 'val_acc', where 'accuracy' was asked for: keys of histories and logs, and monitors."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in ("acc", "val_acc"):
            text.replace(node, text.of(node).replace("acc", "accuracy"))
