"""A model as a drawing: a picture, Graphviz's or Mermaid's language, or lines of text."""

import itertools
import os
import shutil
import subprocess

from keras._core.checks import no_more_arguments, one_of, positive_integer
from keras._core.names import printable
from keras.models import Model, Sequential
from keras.models._summary import shape_text
from keras.saving._atomic import written_atomically
from keras.utils import _canvas
from keras.utils._layout import Box, arranged

NO_GRAPHVIZ = (
    "plot_model: Graphviz was asked for, and its program `dot` is not there.\n"
    "  Install Graphviz (apt install graphviz, brew install graphviz, or https://graphviz.org/download),\n"
    "  or leave `engine` out: pictures are drawn without it then."
)


class Drawing:
    """A drawing in Graphviz's language.

    Args:
        lines: its statements.
        kind: 'digraph' for a drawing of its own, 'subgraph' for a part of another.
        name: its name.
    """

    def __init__(self, lines: list[str], kind: str = "digraph", name: str = "model"):
        self.lines = lines
        self.kind = kind
        self.name = name

    def to_string(self) -> str:
        """The text."""
        return "\n".join([f"{self.kind} {_quoted(self.name)} {{", *(f"  {line}" for line in self.lines), "}"])

    def create(self, prog: str = "dot", format: str = "svg") -> bytes:
        """The picture as a file's bytes, drawn by one of Graphviz's programs.

        Raises:
            ImportError: Graphviz is not installed.
        """
        path = shutil.which(prog)
        if path is None:
            raise ImportError(NO_GRAPHVIZ)
        done = subprocess.run([path, f"-T{format}"], input=self.to_string().encode(), capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"plot_model: {prog} failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def write(self, path, prog: str = "dot", format: str | None = None) -> None:
        """Writes the picture, or the text where the format is 'dot'; the format is the path's ending if None."""
        format = format or os.path.splitext(os.fspath(path))[1].lstrip(".").lower() or "png"
        found = self.to_string().encode() if format in ("dot", "raw", "gv") else self.create(prog, format)
        with written_atomically(path) as part, open(part, "wb") as file:
            file.write(found)


def model_to_dot(
    model,
    show_shapes=False,
    show_dtype=False,
    show_layer_names=True,
    rankdir="TB",
    expand_nested=False,
    dpi=200,
    subgraph=False,
    show_layer_activations=False,
    show_trainable=False,
    splines="ortho",
    **kwargs,
):
    """A drawing of a model's layers and their connections.

    Args:
        model: a model that is built.
        show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable: what a layer's box says
            beside the class.
        rankdir: 'TB' draws from top to bottom, 'LR' from left to right; 'BT' and 'RL' the other way round.
        expand_nested: whether models inside are drawn in a frame with their layers.
        dpi: dots per inch of pictures.
        subgraph: whether the result is to be a part of another drawing.
        splines: how lines run: 'ortho', 'curved', 'polyline', ...

    Returns:
        An object with `to_string()`, `create(format="svg")` and `write(path)`.

    Raises:
        ValueError: the model is not built.
    """
    no_more_arguments("model_to_dot", kwargs)
    one_of("rankdir", rankdir, ("TB", "LR", "BT", "RL"), owner="model_to_dot")
    if not model.built:
        raise ValueError(f"model_to_dot: {model.name} is not built. Call it on data, or call build(input_shape) first.")
    shown = {
        "names": show_layer_names, "activations": show_layer_activations, "dtype": show_dtype, "shapes": show_shapes,
        "trainable": show_trainable,
    }  # fmt: skip
    lines = []
    if not subgraph:
        settings = f"rankdir={rankdir}, dpi={positive_integer('dpi', dpi, owner='model_to_dot')}, splines={splines}"
        lines += [f"graph [{settings}, concentrate=true];", 'node [shape=record, fontname="Helvetica"];']
    lines += _boxes(model, "", shown, expand_nested)
    if subgraph:
        return Drawing([f"label={_quoted(model.name)};", *lines], "subgraph", f"cluster_{model.name}")
    return Drawing(lines, name=model.name)


def plot_model(
    model,
    to_file="model.png",
    show_shapes=False,
    show_dtype=False,
    show_layer_names=False,
    rankdir="TB",
    expand_nested=False,
    dpi=200,
    show_layer_activations=False,
    show_trainable=False,
    splines="ortho",
    *,
    engine=None,
    **kwargs,
):
    """Writes a drawing of a model.

    Args:
        to_file: where to; its ending says the form: '.png', '.jpg' and other pixels, which Pillow writes, '.svg',
            '.pdf', '.mmd' for Mermaid, '.txt' for lines of text, which name the layers, '.dot' for Graphviz's language.
        engine: 'graphviz' lets Graphviz draw the picture, which has to be installed; None needs nothing.
        splines: how lines run if Graphviz draws.
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi, show_layer_activations,
            show_trainable: see `model_to_dot`.

    Returns:
        In a notebook the picture, if it is one that notebooks show; else None.

    Raises:
        ImportError: Graphviz is asked for and not installed, or pixels are wanted and Pillow is not.
    """
    no_more_arguments("plot_model", kwargs)
    one_of("engine", engine, (None, "graphviz"), owner="plot_model")
    ending = os.path.splitext(os.fspath(to_file))[1].lower() or ".png"
    drawing = model_to_dot(
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi,
        show_layer_activations=show_layer_activations, show_trainable=show_trainable, splines=splines,
    )  # fmt: skip
    if engine == "graphviz" or ending in (".dot", ".gv"):
        drawing.write(to_file)
    else:
        shown = {
            "names": show_layer_names or ending == ".txt", "activations": show_layer_activations, "dtype": show_dtype,
            "shapes": show_shapes, "trainable": show_trainable,
        }  # fmt: skip
        found = _drawn(_collected(model, shown, expand_nested), ending[1:], rankdir, dpi)
        with written_atomically(to_file) as part, open(part, "wb") as file:
            file.write(found)
    if ending not in (".png", ".jpg", ".jpeg", ".gif", ".svg"):
        return None
    try:
        from IPython import display
    except ImportError:
        return None
    kind = display.SVG if ending == ".svg" else display.Image
    return kind(filename=os.fspath(to_file))


class _Parts:
    """Boxes and connections of a model, whatever they become: `titles` are those of frames, by key."""

    def __init__(self):
        self.boxes: list[Box] = []
        self.edges: list[tuple[str, str]] = []
        self.titles: dict[str, str] = {}


def _collected(model, shown: dict, expand: bool) -> _Parts:
    parts = _Parts()
    _collect(model, "", (), shown, expand, parts)
    parts.edges = list(dict.fromkeys(parts.edges))
    return parts


def _collect(model, before: str, frames: tuple[str, ...], shown: dict, expand: bool, parts: _Parts) -> None:
    operations = _operations(model)
    for operation in operations:
        key = f"{before}{operation.name}"
        if expand and isinstance(operation, Model) and operation.built:
            parts.titles[key] = printable(operation.name)
            _collect(operation, f"{key}/", (*frames, key), shown, expand, parts)
        else:
            parts.boxes.append(Box(key, _rows(operation, shown), frames))
    for start, end in _pairs(model, operations):
        first = _edge(start, f"{before}{start.name}", expand, last=True)
        second = _edge(end, f"{before}{end.name}", expand, last=False)
        parts.edges.append((first, second))


def _drawn(parts: _Parts, form: str, rankdir: str, dpi: int) -> bytes:
    """The bytes of a file in one form."""
    if form in ("mmd", "mermaid"):
        return _mermaid(parts, rankdir).encode()
    if form == "txt":
        return _text(parts).encode()
    picture = arranged(parts.boxes, parts.edges, rankdir, parts.titles)
    if form == "svg":
        return _canvas.svg(picture)
    return _canvas.pdf(picture) if form == "pdf" else _canvas.pixels(picture, form, dpi)


def _mermaid(parts: _Parts, rankdir: str) -> str:
    """The drawing in Mermaid's language, which many web pages show."""
    names = {box.key: f"n{number}" for number, box in enumerate(parts.boxes)}
    lines = [f"flowchart {rankdir}"]
    open_frames: tuple[str, ...] = ()
    for box in parts.boxes:
        same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(open_frames, box.frames)))
        lines += ["  end"] * (len(open_frames) - same)
        lines += [f'  subgraph "{_as_entities(parts.titles[key])}"' for key in box.frames[same:]]
        open_frames = box.frames
        lines.append(f'  {names[box.key]}["{"<br>".join(_as_entities(row) for row in box.rows)}"]')
    lines += ["  end"] * len(open_frames)
    return "\n".join([*lines, *(f"  {names[a]} --> {names[b]}" for a, b in parts.edges), ""])


def _as_entities(text: str) -> str:
    """Text for Mermaid, of which nothing ends a label or becomes a part of a web page."""
    for sign, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, entity)
    return text


def _text(parts: _Parts) -> str:
    """One line per box, with the boxes that it takes inputs from."""
    titles = {box.key: box.rows[0] for box in parts.boxes}
    lines = []
    for box in parts.boxes:
        sources = ", ".join(titles[a] for a, b in parts.edges if b == box.key)
        line = "  " * len(box.frames) + "  ".join(box.rows)
        lines.append(f"{line}  <- {sources}" if sources else line)
    return "\n".join([*lines, ""])


def _operations(model) -> list:
    return list(model._graph.operations) if model._graph is not None else list(model.layers)


def _pairs(model, operations: list) -> list:
    """(from, to) of the connections between the operations of a model, each once."""
    if model._graph is None:
        return list(itertools.pairwise(operations)) if isinstance(model, Sequential) else []
    inside = {id(operation) for operation in operations}
    found = [
        (parent.operation, node.operation)
        for node in model._graph.nodes
        for parent in node.parent_nodes
        if id(parent.operation) in inside
    ]
    return list(dict.fromkeys(found))


def _boxes(model, before: str, shown: dict, expand: bool) -> list[str]:
    """Statements for the layers of a model, whose keys begin with `before`."""
    lines = []
    operations = _operations(model)
    for operation in operations:
        key = f"{before}{operation.name}"
        if expand and isinstance(operation, Model) and operation.built:
            inner = _boxes(operation, f"{key}/", shown, expand)
            lines.append(f"subgraph {_quoted('cluster_' + key)} {{")
            lines += [f"  label={_quoted(operation.name)};", *(f"  {line}" for line in inner), "}"]
        else:
            lines.append(f'{_quoted(key)} [label="{_label(operation, shown)}"];')
    for start, end in _pairs(model, operations):
        first = _edge(start, f"{before}{start.name}", expand, last=True)
        second = _edge(end, f"{before}{end.name}", expand, last=False)
        lines.append(f"{_quoted(first)} -> {_quoted(second)};")
    return lines


def _edge(operation, key: str, expand: bool, last: bool) -> str:
    """The box that a line begins or ends at: of a model that is drawn open, its last or first layer."""
    if not (expand and isinstance(operation, Model) and operation.built):
        return key
    graph = operation._graph
    if graph is None:
        inner = operation.layers[-1 if last else 0]
    else:
        symbol = (graph.outputs if last else graph.inputs)[0]
        inner = symbol._keras_history.operation
    return _edge(inner, f"{key}/{inner.name}", expand, last)


def _label(operation, shown: dict) -> str:
    return "{" + "|".join(_escaped(row) for row in _rows(operation, shown)) + "}"


def _rows(operation, shown: dict) -> list[str]:
    title = type(operation).__name__
    if hasattr(operation, "function_name"):
        title = operation.function_name
    rows = [f"{printable(operation.name)} ({title})" if shown["names"] else title]
    activation = getattr(operation, "activation", None)
    if shown["activations"] and activation is not None:
        rows.append(f"activation: {getattr(activation, '__name__', activation)}")
    if shown["dtype"] and getattr(operation, "compute_dtype", None):
        rows.append(f"dtype: {operation.compute_dtype}")
    if shown["shapes"]:
        rows += [f"{side}: {shape_text(operation, side)}" for side in ("input", "output")]
    if shown["trainable"] and getattr(operation, "weights", None):
        rows.append("trainable" if operation.trainable else "not trainable")
    return rows


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in '{}|<>\\"' else sign for sign in text)


def _quoted(text: str) -> str:
    # a backslash in front of the last sign, or of a quote, would let the text end elsewhere
    return '"' + printable(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
