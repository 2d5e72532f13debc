"""Copies of models with new weights."""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._core.checks import no_more_arguments
from keras.layers import InputLayer, Layer
from keras.models._functional import Functional
from keras.models._model import Model
from keras.models._sequential import Sequential


def clone_model(model, input_tensors=None, clone_function=None, call_function=None, recursive=False, **kwargs):
    """A model of the same structure with new layers and new weights.

    Args:
        model: a functional model or a Sequential; other models are made anew from their config.
        input_tensors: symbolic tensors to build on instead of new inputs.
        clone_function: `layer -> layer`; makes the copy from the layer's config by default.
        call_function: `(layer, *args, **kwargs) -> outputs`, called instead of the layer, for functional models.
        recursive: whether models inside are cloned layer by layer too.
    """
    no_more_arguments("clone_model", kwargs)
    if not isinstance(model, Model):
        raise ValueError(f"clone_model takes a model. Got {model!r}.")
    return _cloned(model, input_tensors, clone_function, call_function, recursive, {})


def _cloned(model: Model, input_tensors: Any, clone_function: Any, call_function: Any, recursive: bool, made: dict):
    def copy(layer: Layer) -> Layer:
        if id(layer) not in made:  # a layer that stands in two of the models inside is one layer in the copy too
            made[id(layer)] = (layer, _copy(layer))
        return made[id(layer)][1]

    def _copy(layer: Layer) -> Layer:
        if recursive and isinstance(layer, Model):
            call = None if isinstance(layer, Sequential) else call_function
            return _cloned(layer, None, clone_function, call, True, made)
        if clone_function is not None:
            return clone_function(layer)
        return type(layer).from_config(layer.get_config())

    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError(
                "clone_model: `call_function` is for functional models; a Sequential just calls its layers."
            )
        start: list[Any] = []
        if input_tensors is not None:
            start = [tree.leaves(input_tensors)[0]]
        elif model._input_layer is not None:
            start = [InputLayer.from_config(model._input_layer.get_config())]
        clone: Model = Sequential([*start, *(copy(layer) for layer in model.layers)], name=model.name)
    elif model._graph is None or Functional not in type(model).__mro__:
        if clone_function is not None or input_tensors is not None:
            raise ValueError(
                f"clone_model: {type(model).__name__} is a subclass with its own `call`; "
                "it can only be made anew from its config."
            )
        return type(model).from_config(model.get_config())
    else:
        if input_tensors is not None and not _alike(input_tensors, model._graph.input_structure):
            raise ValueError(
                f"clone_model: `input_tensors` must be arranged as the model's inputs, "
                f"{tree.describe(model._graph.input_structure)}. Got {tree.describe(input_tensors)}."
            )
        clone = _clone_graph(model, input_tensors, copy, call_function)
    _compile_alike(model, clone)
    return clone


def _alike(given: Any, structure: Any) -> bool:
    if isinstance(structure, dict) or isinstance(given, dict):
        return tree.same_structure(given, structure)
    return len(tree.leaves(given)) == len(tree.leaves(structure))


def _compile_alike(model: Model, clone: Model) -> None:
    """As in Keras 3; up to tf.keras a copy had to be compiled."""
    if model.compiled:
        given = dict(model._compile_arguments or {})
        for name in ("optimizer", "metrics", "weighted_metrics"):  # what keeps values of its own
            given[name] = tree.map_leaves(_anew, given.get(name))
        clone.compile(**given)


def _anew(part: Any) -> Any:
    is_object = hasattr(part, "get_config") and not isinstance(part, type)
    return type(part).from_config(part.get_config()) if is_object else part


def _clone_graph(model: Model, input_tensors: Any, copy: Any, call_function: Any) -> Model:
    graph = model._graph
    layers: dict[int, Any] = {}
    values: dict[int, Any] = {}
    given = [None] * len(graph.inputs) if input_tensors is None else tree.leaves(input_tensors)
    for old, new in zip(graph.inputs, given):
        if new is None:
            made_by = old._keras_history.operation if old._keras_history is not None else None
            is_input = isinstance(made_by, InputLayer)
            layer = (
                InputLayer.from_config(made_by.get_config())
                if is_input
                else InputLayer(batch_shape=old.shape, dtype=old.dtype)
            )
            new = layer._inbound_nodes[0].outputs[0]
        values[id(old)] = new

    def fill(x):
        return values.get(id(x), x)

    for node in graph.nodes:
        operation = node.operation
        if isinstance(operation, Layer) and id(operation) not in layers:
            layers[id(operation)] = copy(operation)
        target = layers.get(id(operation), operation.function if not isinstance(operation, Layer) else operation)
        args = tuple(tree.map_leaves(fill, a) for a in node.arguments)
        kwargs = {k: tree.map_leaves(fill, v) for k, v in node.keywords.items()}
        result = target(*args, **kwargs) if call_function is None else call_function(target, *args, **kwargs)
        values.update(zip((id(x) for x in node.outputs), tree.leaves(result)))
    inputs = tree.map_leaves(lambda x: values[id(x)], graph.input_structure)
    outputs = tree.map_leaves(lambda x: values[id(x)], graph.output_structure)
    return type(model)(inputs, outputs, name=model.name)
