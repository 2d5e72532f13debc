"""How progress bars and `summary()` looked before Keras 3."""

from __future__ import annotations

import contextlib
import contextvars
import importlib
import itertools
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from keras._core.names import printable
from keras.legacy import era

WIDTH = 30  # characters of a bar


class Run(NamedTuple):
    """What a bar says besides its own counts: rows in all and in a batch, and the order of the values.

    Callbacks were given the arrays of the validation data too.
    """

    rows: int | None
    batch: int
    names: tuple[str, ...]
    shows_values: bool = True
    tested: bool = False
    validation: list | None = None


_NOTHING = Run(None, 1, ())
_run: contextvars.ContextVar[Run] = contextvars.ContextVar("keras_run", default=_NOTHING)


@contextlib.contextmanager
def run(
    rows: int | None,
    batch: int | None,
    names: list[str],
    shows_values: bool,
    tested: bool = False,
    validation: list | None = None,
):
    """While open, bars count rows rather than steps, if `rows` is known."""
    token = _run.set(Run(rows, batch or 32, tuple(names), shows_values, tested, validation))
    try:
        yield
    finally:
        _run.reset(token)


def current() -> Run:
    """The run that is going on."""
    return _run.get()


def opening(train_rows: int | None, test_rows: int | None) -> str | None:
    """The line that `fit` began with before tf.keras when it was given arrays to train on and others to validate on."""
    if train_rows is None or test_rows is None:
        return None
    return f"Train on {train_rows} samples, validate on {test_rows} samples"


def bar_line(function: Callable, self, finished, now, ascii_only):
    """The line of a `Progbar`, as the era draws it."""
    if not era.before("3"):
        return function(self, finished, now, ascii_only)
    step, unit = self._step_time(), "step"
    seen, target = self._seen, self.target
    known = _run.get()
    if known.rows is not None and target is not None and era.before("tf2.0"):
        seen, target, step, unit = min(seen * known.batch, known.rows), known.rows, step / known.batch, "step"
    shown = self._shown if known.shows_values or not era.before("tf2.0") else {}
    values = "".join(f" - {name}: {_number(value)}" for name, value in _in_order(shown, known.names))
    seconds = f"{now - self._start:.0f}s"
    if self.verbose == 2:
        if era.before("2.0"):
            return f"{seconds}{values}"
        return f" - {seconds}{values}" if era.before("tf2.0") else f"{seen}/{target} - {seconds}{values}"
    if target is None:
        count = f"{seen}/Unknown"
    else:
        done = WIDTH * seen // max(target, 1)
        filled = "=" * (done - 1) + (">" if seen < target else "=") if done else ""
        count = f"{seen:>{len(str(target))}}/{target} [{filled}{'.' * (WIDTH - len(filled))}]"
    if not finished and target is not None:
        return f"{count} - ETA: {step * max(target - seen, 0):.0f}s{values}"
    pace = "" if era.before("2.0") else f" {_pace(step)}/{unit}"
    return f"{count} - {seconds}{pace}{values}"


def numbers_epochs(function: Callable, self):
    """Whether a bar says which epoch it is for: before tf.keras also where there is one alone."""
    return era.before("tf2.0") or function(self)


def _in_order(shown: dict, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Values of training in the order of the metrics, then those of validation."""
    places = {name: i for i, name in enumerate(names)}

    def place(item):
        name = item[0].removeprefix("val_")
        return (item[0].startswith("val_"), places.get(name, -1 if name == "loss" else len(places)))

    return sorted(shown.items(), key=place)


def _number(value: Any) -> str:
    try:
        value = float(value)
    except (TypeError, ValueError):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def _pace(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


def metric_names(model: Any) -> list[str]:
    """The names of what `evaluate` returns, before any data came."""
    outputs = getattr(model, "output_names", None) or [""]
    several = len(outputs) > 1
    found = ["loss", *(f"{o}_loss" for o in outputs)] if several else ["loss"]
    prefix = "weighted_" if era.before("2.3") else ""
    for i, output in enumerate(outputs):
        plain = _names_of_metrics(model._compile_arguments["metrics"], i, outputs)
        weighted = _names_of_metrics(model._compile_arguments["weighted_metrics"], i, outputs)
        for name in (*plain, *(prefix + name for name in weighted)):
            found.append(_numbered(f"{output}_{name}" if several else name, found))
    return found


def _names_of_metrics(given: Any, i: int, outputs: list[str]) -> list[str]:
    """What the metrics of output `i` are called, of those that `compile` was given."""
    mine = given.get(outputs[i], []) if isinstance(given, dict) else given or []
    if len(outputs) > 1 and isinstance(mine, (list, tuple)) and not isinstance(given, dict):
        mine = (mine[i] or []) if len(mine) == len(outputs) else mine
    every = mine if isinstance(mine, (list, tuple)) else [mine]
    return [m if isinstance(m, str) else getattr(m, "name", None) or getattr(m, "__name__", str(m)) for m in every]


def _numbered(name: str, taken: list[str]) -> str:
    numbers = (f"{name}_{i}" if i else name for i in itertools.count())
    return next(one for one in numbers if one not in taken)


# --- summaries


def summary(function: Callable, self, line_length=None, positions=None, print_fn=None, *args, columns=(), **kwargs):
    """`Model.summary`, as the era printed it."""
    if not era.before("3") or args or kwargs:
        return function(self, line_length, positions, print_fn, *args, columns=columns, **kwargs)
    if not self.built:
        raise ValueError(f"{self.name} is not built yet, so there is nothing to print. Call build() or fit() first.")
    show = print_fn or print
    for line in summary_lines(self, line_length, positions, _further().checked(columns)):
        show(printable(line))
    return None


def _further() -> Any:
    """What knows further columns; `keras.models` imports what this file is attached to."""
    return importlib.import_module("keras.models._columns")


def summary_lines(model: Any, line_length: int | None, positions: Any, columns: tuple[str, ...] = ()) -> list[str]:
    """The lines of the table."""
    stack = type(model).__name__ == "Sequential" or (_is_chain(model) and not era.before("2.0"))
    connected = model._graph is not None and (era.before("2.0") or not stack)
    stack = stack or model._graph is None
    if era.before("2.0"):
        length, ends = line_length or 100, positions or [0.33, 0.55, 0.67, 1.0]
    elif stack:
        length, ends = line_length or 65, positions or [0.45, 0.85, 1.0]
    else:
        length, ends = line_length or 98, positions or [0.33, 0.55, 0.67, 1.0]
    if ends[-1] <= 1:
        ends = [int(length * p) for p in ends]
    heads = ["Layer (type)", "Output Shape", "Param #", "Connected to"][: 4 if connected else 3]
    for name in columns:
        heads.append(_further().HEADS[name])
        ends = [*ends, ends[-1] + 14]
        length += 14
    lines = [] if era.before("2.3") else [f'Model: "{model.name}"']
    lines += ["_" * length, _row(heads, ends), "=" * length]
    layers = model.layers if type(model).__name__ == "Sequential" else _all_layers(model)
    for i, layer in enumerate(layers):
        sources = _sources(model, layer) if connected else []
        cells = [f"{layer.name} ({_kind(layer)})", _shape(layer), str(sum(v.size for v in layer.weights))]
        cells += [sources[0] if sources else ""] if connected else []
        lines.append(_row([*cells, *_further().cells(model, layer, columns)], ends))
        lines += [_row(["", "", "", one], ends) for one in sources[1:]]
        lines.append(("=" if i == len(layers) - 1 else "_") * length)
    trained = sum(v.size for v in model.trainable_weights)
    fixed = sum(v.size for v in model.non_trainable_weights)
    lines += [f"Total params: {trained + fixed:,}", f"Trainable params: {trained:,}"]
    return [*lines, f"Non-trainable params: {fixed:,}", "_" * length]


def _row(cells: list[str], ends: list[int]) -> str:
    line = ""
    for cell, end in zip(cells, ends):
        line = (line[:-1] + " " if line else "") + cell  # the last place of a column stays free
        line = line[:end].ljust(end)
    return line


def _all_layers(model: Any) -> list:
    graph = model._graph
    return model.layers if graph is None else [o for o in graph.operations if hasattr(o, "weights")]


def _kind(layer: Any) -> str:
    kind = type(layer).__name__
    return "Model" if kind == "Functional" and era.before("tf2.0") else kind


def _shape(layer: Any) -> str:
    try:
        return str(layer.output_shape)
    except AttributeError:  # of a subclassed model, whose layers were called on values
        text = importlib.import_module("keras.models._summary").shape_when_built(layer)
        return re.sub(r"\(\d+,", "(None,", text) if text != "?" and era.before("tf2.0") else "multiple"


def _sources(model: Any, layer: Any) -> list[str]:
    used = {id(n) for n in model._graph.nodes}
    found = []
    for node in layer._inbound_nodes:
        if id(node) in used:
            for operation, index, place in (x._keras_history for x in node.input_tensors):
                # a model's own inputs and outputs were its first node
                first = getattr(operation, "_graph", None) is not None and era.before("tf2.0")
                found.append(f"{operation.name}[{index + first}][{place}]")
    return found


def _is_chain(model: Any) -> bool:
    """Whether every layer takes the output of the one before, and of no other."""
    graph = model._graph
    if graph is None or len(graph.inputs) > 1:
        return False
    taken = [id(x) for n in graph.nodes for x in n.input_tensors]
    return len(taken) == len(set(taken)) and all(len(n.input_tensors) == 1 for n in graph.nodes)
