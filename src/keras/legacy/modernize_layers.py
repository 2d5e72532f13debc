"""Shapes of inputs in a program's layers, as `--modernize` writes them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from keras.legacy.modernize_text import Text

# layers of sequences, whose `input_dim` was the size of one step
_OF_STEPS = (
    "Conv1D", "Convolution1D", "AtrousConvolution1D", "GRU", "LSTM", "SimpleRNN", "TimeDistributedDense",
)  # fmt: skip


def write_shapes(tree: ast.Module, path_of: Callable, text: Text) -> None:
    """Writes the shapes that layers are told in the years before Keras 3 as it takes them.

    Args:
        tree: the program.
        path_of: what an expression stands for.
        text: what is changed.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            module, _, name = (path_of(node.func) or "").rpartition(".")
            if module.startswith("keras.layers") and name in _OF_STEPS:
                _write_steps(node, text)
            if name == "Sequential" and node.args and isinstance(node.args[0], ast.List) and node.args[0].elts:
                first = node.args[0].elts[0]
                shape = _batch_shape(first, path_of, text)
                if shape is not None:
                    text.insert(text.start(first), f"{shape}, ")
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and len(node.value.args) == 1:
            added = node.value
            shape = _batch_shape(added.args[0], path_of, text) if getattr(added.func, "attr", "") == "add" else None
            if shape is not None:
                start = text.start(node)
                indent = text.source[:start].rpartition("\n")[2]
                end = f"\n{indent}" if not indent.strip() else "; "
                text.insert(start, f"{text.of(added.func)}({shape}){end}")


def _write_steps(node: ast.Call, text: Text) -> None:
    """`input_dim` and `input_length` of a layer of sequences as `input_shape`."""
    given = {k.arg: k for k in node.keywords}
    if "input_dim" not in given or "input_shape" in given:
        return
    length = text.of(given["input_length"].value) if "input_length" in given else "None"
    text.replace(given["input_dim"], f"input_shape=({length}, {text.of(given['input_dim'].value)})")
    if "input_length" in given:
        text.remove(given["input_length"])


def _batch_shape(node: ast.expr, path_of: Callable, text: Text) -> str | None:
    """The input in the place of a first layer's `batch_input_shape`, which is taken out; None where it has none."""
    if not isinstance(node, ast.Call) or not (path_of(node.func) or "").startswith("keras.layers."):
        return None
    given = {k.arg: k for k in node.keywords}
    if "batch_input_shape" not in given or "input_dtype" in given or None in given:
        return None
    text.remove(given["batch_input_shape"])
    numbers = ", dtype='int32'" if text.of(node.func).endswith("Embedding") else ""
    return f"keras.Input(batch_shape={text.of(given['batch_input_shape'].value)}{numbers})"
