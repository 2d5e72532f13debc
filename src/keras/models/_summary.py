"""The table that `summary()` prints."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
import unicodedata
from typing import Any

from keras._core.graph import Operation
from keras._core.names import printable
from keras._jax.op import FunctionCall, without_stand_ins
from keras.layers import Layer
from keras.models._columns import HEADS, cells, checked

# where columns end as shares of a line, and the longest line, of models without and with "Connected to"
_SHARES = {3: ((0.45, 0.80, 1.0), 88), 4: ((0.30, 0.56, 0.74, 1.0), 108)}


def print_summary(
    model: Any, line_length, positions, print_fn, expand_nested, show_trainable, layer_range, columns=()
) -> None:
    """Prints the layers of a model with output shapes, parameters and, in graphs, where inputs come from."""
    lines = summary_lines(model, line_length, positions, expand_nested, show_trainable, layer_range, columns)
    if print_fn is None:
        print("\n".join(lines))
    else:
        for line in lines:
            print_fn(line)


def summary_lines(
    model: Any, line_length, positions, expand_nested, show_trainable, layer_range, columns=()
) -> list[str]:
    """The lines of the table, the totals below it."""
    linear = _is_stack(model)
    heads = ["Layer (type)", "Output Shape", "Param #"]
    if not linear:
        heads.append("Connected to")
    more = checked(columns)
    if show_trainable and "trainable" not in more:
        more = ("trainable", *more)
    heads += [HEADS[name] for name in more]
    rows = _rows(model, linear, expand_nested, more, layer_range, "")
    widths = _widths(heads, rows, line_length, positions)
    centred = tuple(i for i, head in enumerate(heads) if head == HEADS["trainable"])
    head = _wrapped(heads, widths, "┃", centred)
    lines = [f'Model: "{printable(model.name)}"', _rule("┏┳┓", "━", widths), *head, _rule("┡╇┩", "━", widths)]
    for i, row in enumerate(rows):
        lines += _wrapped(row, widths, "│", centred)
        if i + 1 < len(rows):
            lines.append(_rule("├┼┤", "─", widths))
    lines.append(_rule("└┴┘", "─", widths))
    lines += _totals(model)
    return lines if _can_draw() else [line.translate(_PLAIN) for line in lines]


_PLAIN = str.maketrans("┏┳┓┡╇┩├┼┤└┴┘━─┃│…", "++++++++++++" + "=-||.")


def _can_draw() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "┏━│".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _rows(
    model: Any, linear: bool, expand: bool, columns: tuple[str, ...], layer_range: Any, indent: str
) -> list[list[str]]:
    rows = []
    for layer in chosen(inside(model) if indent else _listed(model), layer_range):
        row = [
            f"{indent}{printable(layer.name)} ({_kind(layer)})",
            shape_text(layer, "output"),
            f"{_count(layer):,}" if _is_built(layer) else "0 (unbuilt)",
        ]
        if not linear:
            row.append("-" if indent else _sources(model, layer))
        rows.append([*row, *cells(model, layer, columns)])
        if expand and inside(layer):
            rows += _rows(layer, linear, expand, columns, None, indent + "   └ " if not indent else "   " + indent)
    return rows


def inside(layer: Any) -> list[Operation]:
    """The layers that a layer lists as its own: those of a model, or of a class that keeps some as `layers`."""
    if isinstance(layer, Operation) and getattr(layer, "_graph", None) is not None:
        return _listed(layer)
    found = getattr(layer, "layers", None)
    return list(found) if isinstance(found, (list, tuple)) and all(isinstance(x, Layer) for x in found) else []


def _listed(model: Any) -> list[Operation]:
    graph = getattr(model, "_graph", None)
    if graph is None or type(model).__name__ == "Sequential":
        return model.layers
    return graph.operations


def chosen(layers: list, layer_range: Any) -> list:
    if layer_range is None:
        return layers
    if len(layer_range) != 2:
        raise ValueError(f"summary: `layer_range` must be the names of two layers. Got {layer_range!r}.")
    names = [layer.name for layer in layers]
    # from the first layer that one pattern matches to the last that the other does
    first, last = sorted((_matching(layer_range[0], names)[0], _matching(layer_range[1], names)[-1]))
    return layers[first : last + 1]


def _matching(wanted: str, names: list[str]) -> list[int]:
    """Where the name is, or those that begin with what a regular expression says."""
    if wanted in names:
        return [names.index(wanted)]
    try:
        found = [i for i, name in enumerate(names) if re.match(wanted, name)]
    except re.error as error:
        raise ValueError(f"summary: `layer_range` has {wanted!r}, which is no name and no pattern: {error}.") from None
    if not found:
        raise ValueError(f"summary: `layer_range` names {wanted!r}, which the model does not have.")
    return found


def _kind(layer: Any) -> str:
    if isinstance(layer, FunctionCall):  # as the class of such an operation is called in Keras 3
        return "".join(part.capitalize() for part in layer.function.__name__.split("_"))
    return type(layer).__name__


def _count(layer: Any) -> int:
    return sum(v.size for v in getattr(layer, "weights", ()))


def _is_built(layer: Any) -> bool:
    without_weights = getattr(type(layer), "build", None) is Layer.build and not layer._layers
    return without_weights or getattr(layer, "built", True)


def shape_text(layer: Any, side: str) -> str:
    """The shapes of the inputs or outputs (`side`) of a layer in all its calls, or those it was built with."""
    nodes = layer._inbound_nodes
    if not nodes:
        return shape_when_built(layer) if side == "output" else _shape_to_build(layer)
    texts = []
    for node in nodes:
        inner = [str(x.shape) for x in (side == "input" and node.input_tensors) or node.outputs]
        texts.append(inner[0] if len(inner) == 1 else "[" + ", ".join(inner) + "]")
    return ", ".join(dict.fromkeys(texts))


def _shape_to_build(layer: Any) -> str:
    shapes = getattr(layer, "_build_shapes", None)
    if not shapes or not layer.built:
        graph = getattr(layer, "_graph", None)
        return "?" if graph is None else ", ".join(str(x.shape) for x in graph.inputs)
    found = [without_stand_ins(s) for s in shapes.get("shapes_dict", shapes).values() if s is not None]
    return ", ".join(map(str, found))


def shape_when_built(layer: Any) -> str:
    """The output shape of a layer that has been called on values only, for the shapes it was built with."""
    shapes = getattr(layer, "_build_shapes", None)
    if not shapes or not layer.built:
        graph = getattr(layer, "_graph", None)  # of a model inside, made at its first call
        return "?" if graph is None else ", ".join(str(x.shape) for x in graph.outputs)
    try:
        return str(
            layer.compute_output_shape(*(without_stand_ins(s) for s in shapes.get("shapes_dict", shapes).values()))
        )
    except Exception:  # classes may need more than shapes, and a summary is no place to complain
        return "?"


def _sources(model: Any, layer: Any) -> str:
    used = {id(n) for n in model._graph.nodes} if model._graph is not None else None
    found = []
    for node in layer._inbound_nodes:
        if used is not None and id(node) not in used:
            continue
        for x in node.input_tensors:
            operation, index, position = x._keras_history
            found.append(f"{printable(operation.name)}[{index}][{position}]")
    return ", ".join(found) or "-"


def _is_stack(model: Any) -> bool:
    graph = getattr(model, "_graph", None)
    if graph is None or type(model).__name__ == "Sequential":
        return True
    if len(graph.inputs) > 1:
        return False
    seen: set[int] = set()
    for node in graph.nodes:
        sources = {id(x) for x in node.input_tensors}
        shared = sum(n.operation is node.operation for n in graph.nodes) > 1
        if len(node.input_tensors) != 1 or sources & seen or shared:
            return False
        seen |= sources
    return True


def _widths(heads: list[str], rows: list[list[str]], line_length: Any, positions: Any) -> list[int]:
    """How many characters each column holds: shares of the line as in Keras 3, for columns of ours what they need."""
    shares, longest = _SHARES[4 if "Connected to" in heads else 3]
    trainable = HEADS["trainable"] in heads
    limit = line_length or min(longest + 12 * trainable, shutil.get_terminal_size((80, 24)).columns - 4)
    if positions is None:
        # whether a layer is trained takes a tenth of the line
        positions = (*(0.9 * p for p in shares), 1.0) if trainable else shares
    ends = [int(p * limit) if p <= 1 else int(p) for p in positions[: len(heads)]]
    widths, lines = [], len(ends) + 1
    for left, begin, end in zip(range(len(ends), 0, -1), [0, *ends], ends):
        cut = round(lines / left)  # what the lines between columns take from each
        lines -= cut
        widths.append(max(end - begin - cut - 2, 4))
    return widths + [max(len(head), *(len(r[i]) for r in rows)) for i, head in enumerate(heads) if i >= len(ends)]


def _rule(corners: str, line: str, widths: list[int]) -> str:
    return corners[0] + corners[1].join(line * (w + 2) for w in widths) + corners[2]


def _line(cells: list[str], widths: list[int], bar: str, centred: tuple[int, ...]) -> str:
    signs = ["^" if i in centred else ">" if i == 2 else "<" for i in range(len(cells))]
    parts = [f"{c:{sign}{w - _cells(c) + len(c)}}" for c, sign, w in zip(cells, signs, widths)]
    return f"{bar} " + f" {bar} ".join(parts) + f" {bar}"


def _wrapped(row: list[str], widths: list[int], bar: str, centred: tuple[int, ...]) -> list[str]:
    cells = [_split(c, w) for c, w in zip(row, widths)]
    height = max(len(c) for c in cells)
    return [_line([c[i] if i < len(c) else "" for c in cells], widths, bar, centred) for i in range(height)]


def _split(text: str, width: int) -> list[str]:
    """Lines of at most so many characters, broken at spaces; words that are longer are cut."""
    kept = {"break_long_words": False, "break_on_hyphens": False}
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, width, **kept)]
    return [_cut(line, width) for line in lines] or [""]


def _cut(line: str, width: int) -> str:
    if _cells(line) <= width:
        return line
    while _cells(line) >= width:
        line = line[:-1]
    return f"{line}…"


def _cells(text: str) -> int:
    """How wide a terminal shows a text: letters of East Asia take the room of two."""
    return len(text) if text.isascii() else sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _totals(model: Any) -> list[str]:
    optimizer = getattr(model, "optimizer", None)
    slots = optimizer.variables if model.trainable_variables and getattr(optimizer, "built", False) else []
    lines = [
        _total("Total", [*model.weights, *slots]),
        _total("Trainable", model.trainable_variables),
        _total("Non-trainable", model.non_trainable_weights),
    ]
    return [*lines, _total("Optimizer", slots)] if slots else lines


def _total(label: str, variables: list) -> str:
    count = sum(v.size for v in variables)
    return f" {label} params: {count:,} ({bytes_text(sum(v.size * item_size(v) for v in variables))})"


def item_size(v: Any) -> float:
    return v.own_value().dtype.itemsize


def bytes_text(count: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1024 or unit == "GB":
            return f"{count:.2f} {unit}"
        count /= 1024
    return ""
