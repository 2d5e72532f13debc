"""Graphs called under an open tape: every layer is noted by itself, so that one output can be a source for another.

A model of one output is noted as one call, which costs less.
"""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._core.graph import any_symbolic
from keras._core.recording import recording
from keras._jax import pure
from keras.layers._call import context


def is_called_in_parts(model: Any, args: tuple, kwargs: dict) -> bool:
    """Whether a tape is open that should see what is inside of a model called with these arguments."""
    return (
        recording.tape is not None
        and model._graph is not None
        and len(model._graph.outputs) > 1
        and model._graph.host is None
        and getattr(type(model).call, "__qualname__", "") == "Model.call"
        and model.activity_regularizer is None
        and len(args) == 1
        and not kwargs.keys() - {"training"}
        and not any_symbolic(args)
    )


def call_in_parts(model: Any, inputs: Any, training: bool | None = None) -> Any:
    """The model's outputs, each remembering the layers that it comes from."""
    before = context.training
    context.training = before if training is None else training
    try:
        if not pure.in_scope():
            model._forget_losses()
        return model._graph.run(tree.map_leaves(recording.tape.standing_for, inputs))
    finally:
        context.training = before
