"""A stack of layers, each with one input and one output."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from keras._core import registry, tree
from keras._core.errors import NoLayer, WrongTypeError
from keras._core.graph import KerasTensor, any_symbolic
from keras._core.names import first_input_name, name_scope
from keras._core.serialization import deserialize, serialize
from keras._core.signature import required_parameters
from keras.layers import Input, InputLayer, Layer
from keras.models._graph import Graph
from keras.models._host_part import begins_with_text, reads_on_host
from keras.models._model import Model, in_todays_form


class Sequential(Model):
    """A linear stack of layers.

    Args:
        layers: a list of layers; more can be added with `add`.
        trainable: whether training changes the weights.
        name: its name.

    The weights are made as soon as the input's shape is known: from a `keras.Input`, from `input_shape=` of the first
    layer, from `build`, or from the first data.

    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    """

    _keras_hidden = Model._keras_hidden | {"_tensors", "_input_layer", "_names"}

    def __init__(self, layers=None, trainable=True, name=None, **kwargs):
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._tensors: list[Any] = []  # the input, then the output of every layer; empty while the shape is unknown
        self._input_layer: InputLayer | None = None
        self._names: set[str] | None = None  # of the layers, while many are added
        if layers is not None:
            self._append_all(layers if isinstance(layers, (list, tuple)) else [layers])
        self._note_graph()

    def add(self, layer, rebuild=True) -> None:
        """Puts a layer on top of the stack."""
        self._append(layer)
        if rebuild:
            self._note_graph()

    def _append_all(self, layers: Any) -> None:
        self._names = set()
        try:
            for layer in layers:
                self._append(layer)
        finally:
            self._names = None

    def _append(self, layer: Any) -> None:
        if isinstance(layer, KerasTensor) and layer._keras_history is not None:
            layer = layer._keras_history.operation
        if not isinstance(layer, Layer):
            name = getattr(layer, "__name__", "")
            advice = f"{name}()" if isinstance(layer, type) else f"keras.layers.Lambda({name})"
            raise NoLayer(
                f"Sequential takes layers. Got {layer!r}."
                + (f"\n  Write {advice} to make one." if callable(layer) else "")
            )
        if isinstance(layer, InputLayer):
            if self._members or self._input_layer is not None:
                raise ValueError(f"Sequential: {layer.name} is an input, which can only come first.")
            self._input_layer = layer
            self._tensors = list(layer._inbound_nodes[0].outputs)
            return
        names = self._names
        if names is None or len(names) != len(self._members):
            names = {m.name for m in self._members}
        if layer.name in names:
            raise ValueError(
                f"Sequential: there is a layer called {layer.name!r} already. "
                "All layers of a model need names of their own."
            )
        if not self._members and not self._tensors:
            start = _start_of(layer)
            if start is not None:
                self._input_layer = start
                self._tensors = list(start._inbound_nodes[0].outputs)
        if self._tensors:
            with name_scope(self._scope_name()):  # weights are called after the model too: 's/dense/kernel'
                output = _called(layer, self._tensors[-1])
            if isinstance(output, (list, tuple, dict)):
                raise ValueError(
                    f"Sequential: {layer.name} has several outputs. "
                    "Each layer must have one; use keras.Model for others."
                )
            self._tensors.append(output)
        self._members.append(layer)
        if self._names is not None:
            names.add(layer.name)
            self._names = names

    def pop(self, rebuild=True):
        """Takes the last layer off the stack and returns it."""
        if not self._members:
            raise NoLayer("Sequential: there is no layer to take off.")
        layer = self._members.pop()
        if self._tensors:
            self._tensors.pop()
        self._note_graph()
        return layer

    def _note_graph(self) -> None:
        """Keeps the graph in step with the layers, and forgets what was compiled for the former ones."""
        self.built = len(self._tensors) > 1
        self._graph = Graph(self._tensors[0], self._tensors[-1]) if self._tensors else None
        self._members = list(self._members)  # a new list tells that the structure has changed
        self._captured = None
        for part in (self._compiled_loss, self._compiled_metrics):
            if part is not None:
                part.built = False

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return list(self._members)

    @layers.setter
    def layers(self, _):
        raise AttributeError("`layers` of a Sequential cannot be assigned. Use add() and pop().")

    def build(self, input_shape=None) -> None:
        """Makes the weights for inputs of a shape, batch size (or None) first."""
        if self._tensors:
            self._check_known_shape(input_shape)
            return
        if input_shape is None:
            raise ValueError("Sequential: build() needs the shape of the inputs, with the batch size (or None) first.")
        self._check_has_layers()
        self._start_with(tuple(input_shape), None)

    def _check_known_shape(self, given: Any) -> None:
        known = self._tensors[0].shape
        if given is None or not all(isinstance(d, (int, np.integer, type(None))) for d in given):
            return
        if len(given) != len(known) or any(None not in (a, b) and a != b for a, b in zip(given, known)):
            raise ValueError(
                f"{self.name} takes inputs of shape {known}, as its first layer tells. It cannot be built for "
                f"{tuple(given)}."
            )

    def _start_with(self, batch_shape: tuple, dtype: str | None) -> None:
        members, self._members = self._members, []
        name = first_input_name(members[0]) if members else None
        first = Input(batch_shape=batch_shape, dtype=dtype or _dtype_for(members), name=name)
        try:
            self._append_all([first, *members])
        except Exception:
            self._members, self._tensors, self._input_layer = members, [], None
            raise
        self._note_graph()

    def _check_has_layers(self) -> None:
        if not self._members and not self._tensors:
            raise ValueError(f"{self.name} has no layers. Add some with add() before it is built or called.")

    def _build_once(self, arguments: dict[str, Any]) -> None:
        self._check_has_layers()
        self._take_policy()
        if not self._tensors and self._members:
            x = next(iter(arguments.values()))
            if isinstance(x, (list, tuple)) and len(x) == 1:  # `predict([x])`
                x = x[0]
            if tree.is_nested(x):  # its layers are called one after the other, without a graph
                self.built = True
                return
            name = getattr(x.dtype, "name", str(x.dtype))
            try:
                self._start_with((None, *x.shape[1:]), name)
            except NotImplementedError:  # a layer that cannot tell its outputs before it has values
                if any_symbolic((x,)):
                    raise
            except Exception as error:  # a kernel in blocks of rows, say, takes some batch sizes only
                if not isinstance(x.shape[0], int):
                    raise
                with contextlib.suppress(Exception):
                    self._start_with(tuple(x.shape), name)
                if not self._tensors:
                    raise error
        self.built = True

    def _begins_on_host(self) -> bool:
        """Whether its first layers do what compiled code cannot do."""
        return super()._begins_on_host() or bool(
            not self._tensors and self._members and reads_on_host(self._members[0])
        )

    def read_on_host(self, x):
        """Inputs as compiled code takes them; the first text decides the shape of the input."""
        shape = None if self._tensors else begins_with_text(self._members[0] if self._members else None, x)
        if shape is not None:
            self._start_with((None, *shape[1:]), "string")
        return super().read_on_host(x)

    def call(self, inputs, training=None, mask=None):
        """The output of the last layer."""
        if self._graph is not None and self._graph.host is not None:
            return self._graph.run(inputs)
        if self._graph is not None:
            (x,) = self._graph.matched(inputs)
            self._graph.warn_of_structure(inputs)
        else:
            x = inputs
        for i, layer in enumerate(self._members):
            x = layer(x) if mask is None or i else layer(x, mask=mask)
        return x

    def compute_output_spec(self, inputs, training=None, mask=None):
        """Symbolic outputs for symbolic inputs."""
        if self._graph is not None:
            return super().compute_output_spec(inputs)
        x = inputs
        for layer in self._members:
            x = layer.compute_output_spec(x)
        return x

    def compute_output_shape(self, input_shape):
        """The shape of the output for inputs of a shape."""
        shape = tuple(input_shape)
        for layer in self._members:
            shape = layer.compute_output_shape(shape)
        return shape

    @property
    def input_shape(self) -> Any:
        """Shape of the input."""
        if not self._tensors:
            raise AttributeError(f"{self.name} does not know its input's shape yet.")
        return self._tensors[0].shape

    @property
    def output_shape(self) -> Any:
        """Shape of the output."""
        if not self._tensors:
            raise AttributeError(f"{self.name} does not know its output's shape yet.")
        return self._tensors[-1].shape

    def get_config(self) -> dict:
        """The layers, and the input's shape as far as it is known."""
        layers = ([self._input_layer] if self._input_layer is not None else []) + self._members
        config = {"name": self.name, "trainable": self.trainable, "dtype": serialize(self.dtype_policy)}
        config["layers"] = [serialize(layer) for layer in layers]
        if self._tensors:
            config["build_input_shape"] = self._tensors[0].shape
        return config

    @classmethod
    def from_config(cls, config: dict, custom_objects=None):
        """A model from what `get_config` returned, today or in an earlier year."""
        config = in_todays_form("Sequential", config)
        with registry.object_scope(custom_objects or {}):
            layers = [deserialize(c, None, "keras.layers") for c in config["layers"]]
        model = cls(layers, name=config.get("name"))
        shape = config.get("build_input_shape")
        if shape and not model.built:
            model.build(tuple(shape))
        return model


def _called(layer: Layer, x: KerasTensor) -> Any:
    try:
        return layer(x)
    except TypeError as error:
        needed = required_parameters(layer.call)
        if len(needed) < 2:
            raise
        raise WrongTypeError(
            f"Sequential: each layer takes one tensor, but `call` of {layer.name} needs {', '.join(needed)}.\n"
            "  Give the others a default, as in call(self, inputs, training=False)."
        ) from error


def _start_of(layer: Layer) -> InputLayer | None:
    """An input for a first layer that was told its shape, or for a model whose shape is known."""
    if isinstance(layer, Model) and layer._graph is not None and len(layer._graph.inputs) == 1:
        x = layer._graph.inputs[0]
        return Input(batch_shape=x.shape, dtype=x.dtype, name=first_input_name(layer))._keras_history.operation
    if layer._first_shape is None:
        return None
    name = first_input_name(layer)
    return Input(batch_shape=layer._first_shape, dtype=_dtype_for([layer]), name=name)._keras_history.operation


def _dtype_for(layers: list[Layer]) -> str | None:
    """The dtype of what the first layer takes: integers for an embedding."""
    first = layers[0] if layers else None
    return getattr(first, "input_dtype", None) if first is not None and type(first).__name__ != "Embedding" else "int32"
