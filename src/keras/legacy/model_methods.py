"""Methods that models had from 0.x to tf.keras."""

from __future__ import annotations

import functools
import importlib
import pprint
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._data import pack_x_y_sample_weight
from keras._training import compiled_loss
from keras._training.program import PUBLIC_STATE, assign_all, public_fields, values_of
from keras.layers import Layer
from keras.legacy import era, hdf5, layer_methods, loss_graph, training_functions
from keras.legacy.config_pieces import todays_losses
from keras.legacy.network_names import layer_name
from keras.legacy.wrapping import wrap
from keras.saving._older_objects import serialize_keras_object

__all__ = ["Node"]


class _Itself:
    """`model` of a `Sequential`: until 2.2 a model inside of it did the work. Subclasses may set another."""

    def __get__(self, model, owner=None):
        return self if model is None else model


def teach(module: ModuleType) -> None:
    """Gives the classes of `keras.models` their older methods."""
    for name, function in _OF_MODELS.items():
        setattr(module.Model, name, function)
    module.Model._keras_hidden |= {"_functions_take_lists", "_lists_of_metrics", "_loss_graph"}
    training_functions.teach(module.Model)
    for cls in (module.Model, module.Sequential, module.Functional):
        layer_methods.teach_shapes(cls)
        for name, further in _FURTHER.items():
            if name in vars(cls):
                _with_further(cls, name, further)
    module.Sequential.model = _Itself()
    module.Model.get_layer = _with_older_names(module.Model.get_layer)
    module.save_model.__keras_legacy_arguments__ = {"include_optimizer", "save_format"}
    module.Sequential.legacy_get_config = _legacy_get_config
    module.Sequential.from_config = classmethod(_with_layer_cache(module.Sequential.from_config.__func__))
    for name in ("predict_classes", "predict_proba"):
        _with_further(module.Sequential, name, ({"X"}, _of_samples))
    module.Sequential.legacy_from_config = classmethod(_legacy_from_config)
    wrap(module.Sequential, "_check_has_layers", _may_be_empty)
    wrap(module.Model, "get_compile_config", _with_todays_losses)


def _with_todays_losses(function: Callable, self) -> dict:
    """What `compile` was given, in the names that Keras 3 reads."""
    found = function(self)
    return {**found, "loss": todays_losses(found["loss"])} if "loss" in found else found


def _may_be_empty(check: Callable, self) -> None:
    """A stack without layers returned its inputs in tf.keras, where programs used it as the identity."""
    if not era.may_be_of_tensorflow():
        check(self)


# --- graphs


def run_internal_graph(self, inputs, masks=None):
    """The outputs for inputs, with their masks and shapes.

    Args:
        inputs: tensors, in the order of the model's inputs.
        masks: the masks of the inputs, or None.
    """
    pure = importlib.import_module("keras._jax.pure")
    tensors = tree.leaves(inputs)
    for x, mask in zip(tensors, [None] * len(tensors) if masks is None else tree.leaves(masks)):
        if mask is not None:
            pure.put_mask(x, mask)
    outputs = tree.leaves(self(inputs if len(tensors) > 1 else tensors[0]))
    return outputs, [pure.find_mask(x) for x in outputs], [tuple(x.shape) for x in outputs]


def get_weight_paths(self):
    """Where in the model each variable is -> the variable: 'dense.kernel'."""
    found = {}
    for layer in self.layers:
        for inner in layer._flatten_layers():
            place = layer.name if inner is layer else f"{layer.name}.{inner.name}"
            for name, value in vars(inner).items():
                if any(value is v for v in inner.weights):
                    found.setdefault(f"{place}.{name}", value)
    return found


def save_spec(self, dynamic_batch=True):
    """Symbolic tensors like the inputs, as arguments and keywords of a call; None if the inputs are not known."""
    inputs = getattr(self, "inputs", None)
    if inputs is None:
        return None
    found = [KerasTensor((None, *x.shape[1:]) if dynamic_batch else x.shape, x.dtype, name=x.name) for x in inputs]
    return ((found[0] if len(found) == 1 else found),), {}


def _maker(phase: str) -> Callable:
    name = f"{phase}_function"

    def make(self, force=False):
        """A function that does one step with the next batch of an iterator.

        In tf.keras it takes the iterator and returns logs, or outputs. Since Keras 3 it takes the values of the
        variables and the iterator, and returns the new values as well; given the iterator alone, the logs alone.
        """
        if force or vars(self).get(name) is None:
            function = _step_of_values(self, phase) if era.is_today() else _step_of_data(self, phase)
            object.__setattr__(self, name, function)
        return vars(self)[name]

    return make


def _step_of_data(model: Any, phase: str) -> Callable:
    def step(iterator):
        data = next(iterator)
        data = pack_x_y_sample_weight(*data) if isinstance(data, (tuple, list)) else (data,)
        data = (*data, None, None)[:3] if isinstance(data, tuple) else (data, None, None)
        if phase == "predict":
            return model.outputs_by_program(data[0])
        return model.step_by_program(phase, data)

    return step


def _step_of_values(model: Any, phase: str) -> Callable:
    by_data = _step_of_data(model, phase)

    def step(*given):
        *state, iterator = given
        if not state:  # as where Keras 3 runs on TensorFlow
            return by_data(iterator)
        (state,) = state
        fields = public_fields(model.step_context[0], phase)
        assign_all(fields, state)
        result = by_data(iterator)
        return result, values_of(fields)

    return step


# --- files


def load_weights_from_hdf5_group(self, f):
    """Takes the weights from an open HDF5 group, layer by layer in order."""
    hdf5.load_weights_from_hdf5_group(f, self.layers)


def load_weights_from_hdf5_group_by_name(self, f):
    """Takes the weights of the layers whose names an open HDF5 group has."""
    hdf5.load_weights_from_hdf5_group_by_name(f, self.layers)


def save_weights_to_hdf5_group(self, f):
    """Writes the weights into an open HDF5 group."""
    hdf5.save_weights_to_hdf5_group(f, self.layers)


def _legacy_get_config(self) -> list[dict]:
    """The configs of the layers as a list, which is what 1.x and 2.0 kept of a sequence."""
    return [serialize_keras_object(layer) for layer in self.layers]


def _legacy_from_config(cls, config, layer_cache=None):
    """A sequence from a list of configs of layers; `layer_cache` has layers by name that are taken instead."""
    deserialize = importlib.import_module("keras.layers").deserialize
    known = layer_cache or {}
    model = cls()
    for one in config:
        name = one.get("config", {}).get("name")
        model.add(known[name] if name in known else deserialize(one))
    return model


def _of_loss(part: str, text: str) -> property:
    return property(lambda self: getattr(loss_graph.parts_of(self), part), doc=text)


# what programs of 1.x and 2.x took from compiled models for `K.function` and `K.gradients`
_PARTS_OF_LOSS = {
    "total_loss": _of_loss("total_loss", "The loss as a symbolic tensor."),
    "targets": _of_loss("targets", "Symbolic tensors of the targets."),
    "sample_weights": _of_loss("sample_weights", "Symbolic tensors of the sample weights."),
    "loss_functions": _of_loss("functions", "The losses of the outputs."),
    "_feed_loss_fns": _of_loss("functions", "The same as `loss_functions`."),
    "loss_weights_list": _of_loss("shares", "What the losses of the outputs are multiplied by."),
    "sample_weight_modes": property(lambda self: _weight_modes(self), doc="'temporal' or None for each output."),
    "_feed_sample_weight_modes": property(lambda self: _weight_modes(self), doc="The same as `sample_weight_modes`."),
    "_feed_targets": _of_loss("targets", "The same as `targets`."),
    "_feed_sample_weights": _of_loss("sample_weights", "The same as `sample_weights`."),
    "_feed_inputs": property(lambda self: tree.leaves(self.inputs), doc="The inputs in a list."),
    "_feed_input_names": property(lambda self: list(self.input_names), doc="The names of the inputs."),
    "_feed_input_shapes": property(lambda self: _shapes(self.inputs), doc="The shapes of the inputs."),
    "_feed_output_shapes": property(lambda self: _shapes(self.outputs), doc="The shapes of the outputs."),
    "_feed_outputs": property(lambda self: tree.leaves(self.outputs), doc="The outputs in a list."),
    "_feed_output_names": property(lambda self: list(self.output_names), doc="The names of the outputs."),
    "stateful": property(lambda self: any(_is_stateful(layer) for layer in self.layers), doc="Whether a layer is."),
    "_is_compiled": property(lambda self: self.compiled, doc="Whether it is compiled."),
    "_is_graph_network": property(lambda self: self._graph is not None, doc="Whether it is made from tensors."),
}


def _shapes(tensors: Any) -> list[tuple]:
    return [x.shape for x in tree.leaves(tensors)]


def _weight_modes(model: Any) -> list[str | None]:
    names, mode = list(model.output_names), model.sample_weight_mode
    return compiled_loss.by_output("sample_weight_mode", mode, model.outputs, names, repeat=True)


def _is_stateful(layer: Any) -> bool:
    return bool(getattr(layer, "stateful", False))


_OF_MODELS = {
    **_PARTS_OF_LOSS,
    "run_internal_graph": run_internal_graph,
    "get_weight_paths": get_weight_paths,
    "save_spec": save_spec,
    **{f"{phase}_function": None for phase in PUBLIC_STATE},  # until one is made
    **{f"make_{phase}_function": _maker(phase) for phase in PUBLIC_STATE},
    "load_weights_from_hdf5_group": load_weights_from_hdf5_group,
    "load_weights_from_hdf5_group_by_name": load_weights_from_hdf5_group_by_name,
    "save_weights_to_hdf5_group": save_weights_to_hdf5_group,
}


# --- further arguments of methods of today


def _with_layer_cache(function: Callable) -> Callable:
    """`Sequential.from_config(config, layer_cache)` of 1.x: layers by name that are taken instead of new ones."""

    @functools.wraps(function)
    def from_config(cls, config, custom_objects=None, layer_cache=None):
        if isinstance(config, dict) and "output_layers" in config:  # that of a sequence which began with `Merge`
            return importlib.import_module("keras.models").Model.from_config(config, custom_objects)
        if layer_cache:
            return _legacy_from_config(cls, config if isinstance(config, list) else config["layers"], layer_cache)
        return function(cls, config, custom_objects)

    from_config.__keras_legacy_arguments__ = {"layer_cache"}  # type: ignore[attr-defined]
    return from_config


def _of_samples(self, args: tuple, kwargs: dict) -> tuple:
    if "X" in kwargs:
        kwargs["x"] = kwargs.pop("X")
    return args, kwargs


def _of_call(self, args: tuple, kwargs: dict) -> tuple:
    for name in ("input", "x"):
        if name in kwargs:
            kwargs["inputs"] = kwargs.pop(name)
    return args, kwargs


def _of_loading(self, args: tuple, kwargs: dict) -> tuple:
    if "fname" in kwargs:
        kwargs["filepath"] = kwargs.pop("fname")
    return _of_options(self, args, kwargs)


def _of_options(self, args: tuple, kwargs: dict) -> tuple:
    if kwargs.pop("options", None) is not None:
        raise ValueError("`options` must be None: they are those of TensorFlow's files.")
    return args, kwargs


def _of_config(self, args: tuple, kwargs: dict) -> tuple:
    if kwargs.pop("verbose", args[0] if args else 0):
        pprint.pprint(self.get_config())
    return (), kwargs


# method -> further arguments, and what takes them out
_FURTHER: dict[str, tuple[set[str], Callable]] = {
    "call": ({"input", "x"}, _of_call),
    "load_weights": ({"by_name", "reshape", "options", "fname"}, _of_loading),
    "save_weights": ({"save_format", "options"}, _of_options),
    "save": ({"include_optimizer", "save_format", "options"}, _of_options),
    "get_config": ({"verbose"}, _of_config),
}


def _with_further(cls: type, name: str, further: tuple[set[str], Callable]) -> None:
    function = vars(cls)[name]
    names, taken_out = further

    @functools.wraps(function)
    def older(self, *args, **kwargs):
        if kwargs or name == "get_config":
            args, kwargs = taken_out(self, args, kwargs)
        return function(self, *args, **kwargs)

    older.__keras_legacy_arguments__ = names | set(getattr(function, "__keras_legacy_arguments__", ()))  # type: ignore[attr-defined]
    setattr(cls, name, older)


def _with_older_names(get_layer: Callable) -> Callable:
    """In programs of earlier years, layers of published networks are found by the names of that time too."""

    @functools.wraps(get_layer)
    def older(self, name=None, index=None):
        if isinstance(name, str) and not era.is_today():
            name = layer_name(name, {layer.name for layer in self.layers})
        if name is not None and index is None and era.before("2.0"):  # there was no error for a name that is not there
            return next((layer for layer in self.layers if layer.name == name), None)
        return get_layer(self, name, index)

    return older


# --- nodes


class Node:
    """Connects a layer with others, as 1.x and 2.x did when a layer was called.

    Args:
        outbound_layer: the layer that is called.
        inbound_layers: the layers before it.
        node_indices, tensor_indices: which of their calls, and which outputs of these, are its inputs.
        input_tensors, output_tensors, input_masks, output_masks, input_shapes, output_shapes: what calling the layer
            finds by itself: None, or the inputs that the layers before it have.

    Returns:
        The node in the graph.

    Raises:
        ValueError: outputs are given, which would not be what the layer computes.
    """

    def __new__(
        cls,
        outbound_layer,
        inbound_layers,
        node_indices=None,
        tensor_indices=None,
        input_tensors=None,
        output_tensors=None,
        input_masks=None,
        output_masks=None,
        input_shapes=None,
        output_shapes=None,
        arguments=None,
    ):
        if any(x is not None for x in (output_tensors, output_masks, output_shapes)):
            raise ValueError("Node: outputs are what the layer computes. Leave them out, or call the layer.")
        if inbound_layers:
            outbound_layer.add_inbound_node(inbound_layers, node_indices, tensor_indices)
        elif isinstance(outbound_layer, Layer) and input_tensors is not None:
            outbound_layer(*tree.leaves(input_tensors), **(arguments or {}))
        return outbound_layer._inbound_nodes[-1]

    @classmethod
    def create_node(cls, outbound_layer, inbound_layers, node_indices=None, tensor_indices=None):
        """The node of a new call of a layer on outputs of others."""
        return cls(outbound_layer, inbound_layers, node_indices, tensor_indices)

    @staticmethod
    def get_config(node: Any) -> dict:
        """Which layer a node is a call of, and where its inputs come from."""
        places = [x._keras_history for x in node.input_tensors]
        return {
            "outbound_layer": node.operation.name,
            "inbound_layers": [p.operation.name for p in places],
            "node_indices": [p.node_index for p in places],
            "tensor_indices": [p.tensor_index for p in places],
        }
