"""How `summary()` looked before Keras 3."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from typing import Any

from keras._core.names import printable
from keras.legacy import era

_ENDS = (("),", "},", "],", "',"), 3)  # what a line of a cell ends behind, and the room between columns


def summary(
    function: Callable, self, line_length=None, positions=None, print_fn=None, expand_nested=False,
    show_trainable=False, layer_range=None, *, columns=(),
):  # fmt: skip
    """`Model.summary`, as the era printed it."""
    further = expand_nested or show_trainable or layer_range is not None
    if not era.before("3") or (further and era.before("tf2.0")):
        settings = (expand_nested, show_trainable, layer_range)
        return function(self, line_length, positions, print_fn, *settings, columns=columns)
    if not self.built:
        raise ValueError(f"{self.name} is not built yet, so there is nothing to print. Call build() or fit() first.")
    columns = _further().checked(columns)
    if further or not era.before("tf2.11"):
        lines = _spaced_lines(self, line_length, positions, columns, expand_nested, show_trainable, layer_range)
    else:
        lines = _ruled_lines(self, line_length, positions, columns)
    show = print_fn or print
    for line in lines:
        show(printable(line))
    return None


def _further() -> Any:
    """What knows further columns; `keras.models` imports what this file is attached to."""
    return importlib.import_module("keras.models._columns")


def _table() -> Any:
    """Today's table."""
    return importlib.import_module("keras.models._summary")


def _ruled_lines(model: Any, line_length: int | None, positions: Any, columns: tuple[str, ...]) -> list[str]:
    """The lines of the table with a rule below each row, as until TensorFlow 2.7."""
    connected, heads, ends, length = _frame(model, line_length, positions, columns)
    lines = [] if era.before("2.3") else [f'Model: "{model.name}"']
    lines += ["_" * length, _row(heads, ends), "=" * length]
    layers = _layers(model)
    for i, layer in enumerate(layers):
        sources = _sources(model, layer) if connected else []
        cells = [f"{layer.name} ({_kind(layer)})", _shape(layer), str(_count(layer.weights))]
        cells += [sources[0] if sources else ""] if connected else []
        lines.append(_row([*cells, *_further().cells(model, layer, columns)], ends))
        lines += [_row(["", "", "", one], ends) for one in sources[1:]]
        lines.append(("=" if i == len(layers) - 1 else "_") * length)
    return [*lines, *_totals(model), "_" * length]


def _spaced_lines(
    model: Any, line_length: int | None, positions: Any, columns: tuple[str, ...], expand: bool, show_trainable: bool,
    layer_range: Any,
) -> list[str]:  # fmt: skip
    """The lines of the table with an empty line below each row, as from TensorFlow 2.8 on."""
    connected, heads, ends, length = _frame(model, line_length, positions, () if show_trainable else columns)
    if show_trainable:
        length += 11
        ends, heads = [*ends, length], [*heads, "Trainable"]
        for name in columns:
            length += 14
            ends, heads = [*ends, length], [*heads, _further().HEADS[name]]
    lines = [f'Model: "{model.name}"', "_" * length, *_wrapped(heads, ends, 0), "=" * length]

    def add(layer: Any, level: int, is_last: bool) -> None:
        cells = [f"{layer.name} ({_kind(layer)})", _shape(layer), _parameters(layer)]
        cells += [str(_sources(model, layer))] if connected else []
        cells += [("Y" if layer.trainable else "N")] if show_trainable else []
        lines.extend(_wrapped([*cells, *_further().cells(model, layer, columns)], ends, level))
        inside = _table().inside(layer) if expand else []
        if inside:
            lines.append(_framed("¯", length, level + 1))
            for one in inside:
                add(one, level + 1, one is inside[-1])
            lines.append(_framed("¯", length, level))
        elif not is_last:
            lines.append(_framed(" ", length, level))

    for layer in _table().chosen(_layers(model), layer_range):
        add(layer, 0, False)
    return [*lines, "=" * length, *_totals(model), "_" * length]


def _frame(
    model: Any, line_length: int | None, positions: Any, columns: tuple[str, ...]
) -> tuple[bool, list[str], list[int], int]:
    """Whether the table tells connections, its heads, where its columns end, and how long its lines are."""
    stack = type(model).__name__ == "Sequential" or (_is_chain(model) and not era.before("2.0"))
    connected = model._graph is not None and (era.before("2.0") or not stack)
    stack = stack or model._graph is None
    if era.before("2.0"):
        length, ends = line_length or 100, positions or [0.33, 0.55, 0.67, 1.0]
    elif stack:
        length, ends = line_length or 65, positions or [0.45, 0.85, 1.0]
    else:
        shares = [0.33, 0.55, 0.67, 1.0] if era.before("tf2.11") else [0.3, 0.6, 0.7, 1.0]
        length, ends = line_length or 98, positions or shares
    ends = [int(length * p) for p in ends] if ends[-1] <= 1 else list(ends)
    heads = ["Layer (type)", "Output Shape", "Param #", "Connected to"][: 4 if connected else 3]
    for name in columns:
        heads.append(_further().HEADS[name])
        ends.append(ends[-1] + 14)
        length += 14
    return connected, heads, ends, length


def _framed(sign: str, length: int, level: int) -> str:
    """A line that closes or parts rows inside so many models."""
    return "|" * level + sign * (length - 2 * level) + "|" * level


def _wrapped(cells: list[str], ends: list[int], level: int) -> list[str]:
    """The lines of one row; lists of shapes and names go on in the next line."""
    marks, room = _ENDS
    left, lines = list(cells), []
    while any(left):
        line = "|" * level + " "
        for i, (start, end) in enumerate(zip((0, *ends), ends)):
            is_last = i == len(ends) - 1
            width = end - start - (0 if is_last else room) - (0 if i else level)
            piece = left[i][:width]
            found = [piece.find(mark) + len(mark) for mark in marks if mark in piece]
            piece = piece[: min(found)] if found else piece
            left[i] = left[i][len(piece) :]
            line = (line + piece).ljust(end - level if is_last else end)
        lines.append(line + "|" * level)
    return lines


def _layers(model: Any) -> list:
    return model.layers if type(model).__name__ == "Sequential" else _all_layers(model)


def _parameters(layer: Any) -> str:
    built = getattr(layer, "built", True) or getattr(layer, "_graph", None) is not None
    return str(_count(layer.weights)) if built else "0 (unused)"


def _count(weights: Iterable[Any]) -> int:
    return sum(v.size for v in weights)


def _totals(model: Any) -> list[str]:
    """The lines below the table; the last releases of tf.keras told how many bytes the weights take."""
    trained, fixed = list(model.trainable_weights), list(model.non_trainable_weights)
    lines = []
    for label, weights in (("Total", [*trained, *fixed]), ("Trainable", trained), ("Non-trainable", fixed)):
        if era.before("tf2.11"):
            lines.append(f"{label} params: {_count(weights):,}")
            continue
        size = _table().bytes_text(sum(v.size * _table().item_size(v) for v in weights))
        lines.append(f"{label} params: {_count(weights)} ({re.sub(' B$', ' Byte', size)})")
    return lines


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
    if type(layer).__name__ == "InputLayer" and not era.before("tf2.0"):
        return f"[{layer.batch_shape}]"
    try:
        return str(layer.output_shape)
    except AttributeError:  # of a subclassed model, whose layers were called on values
        text = _table().shape_when_built(layer)
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
