"""Defaults of a program's year that are others today, written out, so that the rewritten program computes the same."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable
from typing import Any

from keras.legacy import arguments, era, modernize_imports
from keras.legacy.modernize_text import Text

# the sigmoid from straight lines until 3, which has another slope than the one that goes by its name today
_HARD_SIGMOID = "older_hard_sigmoid"
_DEFINITION = """@keras.saving.register_keras_serializable()
def older_hard_sigmoid(x):
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)"""
_LOOPS = ("SimpleRNN", "GRU", "LSTM")  # whose square matrices began larger in 0.x and 1.x
_RELEASE_2 = era.RELEASES.index("2.0")
_MODULES = ("keras.layers", "keras.optimizers")


def missing(path: str, node: ast.Call, given: set[str], release: str) -> dict[str, str]:
    """Arguments, as text, that a call has to name today to mean what it meant.

    Args:
        path: what is called, such as 'keras.layers.LSTM'.
        node: the call.
        given: today's names of the arguments that the call names.
        release: the release whose defaults the program had.
    """
    module, _, name = path.rpartition(".")
    module = ".".join(module.split(".")[:2])  # 'keras.layers' for 'keras.layers.recurrent'
    if (
        module not in _MODULES
        or not hasattr(importlib.import_module(module), name)
        or any(k.arg is None for k in node.keywords)
    ):
        return {}
    order = list(inspect.signature(getattr(importlib.import_module(module), name)).parameters)
    given = given | set(order[: len(node.args)])
    found = {}
    for default in arguments.entries_for(name, arguments.DEFAULTS):
        if default.argument not in given and _held(default, release):
            found[default.argument] = _HARD_SIGMOID if default.value == "hard_sigmoid" else repr(default.value)
    if name in _LOOPS and "recurrent_initializer" not in given and era.RELEASES.index(release) < _RELEASE_2:
        found["recurrent_initializer"] = "keras.initializers.Orthogonal(1.1)"
    return found


def _held(default: Any, release: str) -> bool:
    if not default.before:  # there never was another one: today it has to be given
        return release != era.TODAY
    known = era.RELEASES.index
    return known(default.since) <= known(release) < known(default.before)


def decayed(rate: str, decay: str) -> str:
    """The rate of an optimizer with `decay`, as today's schedule."""
    return f"keras.optimizers.schedules.InverseTimeDecay({rate}, 1, {decay})"


def write_hard_sigmoids(node: ast.Call, path: str | None, release: str, text: Text) -> None:
    """Writes the function that 'hard_sigmoid' was before 3 in the place of its name."""
    if not (path or "").startswith("keras.layers.") or not era.RELEASES.index(release) < era.RELEASES.index("3"):
        return
    given = [k.value for k in node.keywords if (k.arg or "").endswith("activation")]
    if path == "keras.layers.Activation":
        given += node.args[:1]
    for value in given:
        if isinstance(value, ast.Constant) and value.value == "hard_sigmoid":
            text.replace(value, _HARD_SIGMOID)


def with_hard_sigmoid(edited: str) -> str:
    """A rewritten program with the hard sigmoid that it uses."""
    return modernize_imports.with_function(edited, _HARD_SIGMOID, _DEFINITION)


def add_epochs(tree: ast.Module, path_of: Callable, release: str, add: Callable) -> None:
    """Writes out how many epochs `fit` ran when none were given, for what the program made as a model.

    Args:
        tree: the program.
        path_of: what an expression stands for.
        release: the release whose defaults the program had.
        add: puts arguments behind those of a call.
    """
    rows = [d for d in arguments.entries_for("Model.fit", arguments.DEFAULTS) if _held(d, release)]
    models = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if (path_of(node.value.func) or "").rpartition(".")[2] in ("Sequential", "Model")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    places = ("x", "y", "batch_size", "nb_epoch")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in {f"{name}.fit" for name in models}:
            continue
        names = {k.arg for k in node.keywords} | set(places[: len(node.args)])
        if None in names or any(isinstance(a, ast.Starred) for a in node.args):
            continue
        names |= {"epochs"} if names & {"nb_epoch", "nepochs"} else set()
        more = {row.argument: repr(row.value) for row in rows if row.argument not in names}
        if more:
            add(node, more)
