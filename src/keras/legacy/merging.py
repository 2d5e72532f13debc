"""`Merge` and `merge`, which made one tensor of several in 0.x and 1.x."""

from __future__ import annotations

import functools
from typing import Any

from keras import layers, ops
from keras._core import registry
from keras._core.checks import one_of
from keras._core.graph import KerasTensor
from keras._core.serialization import FunctionConfig, serialize
from keras._core.signature import takes
from keras.layers import Layer
from keras.layers._base.shapes import is_shape
from keras.layers._merge import Merge as AnyMerge
from keras.layers._merge import with_equal_rank
from keras.legacy import gradients_in_layers

MODES = ("sum", "mul", "concat", "ave", "cos", "dot", "max", "join")


class Merge(Layer):
    """Makes one tensor of several.

    Args:
        layers: layers or models whose outputs are merged, for use at the beginning of a `Sequential`. None for a layer
            that is called on a list of tensors.
        mode: 'sum', 'mul', 'concat', 'ave', 'cos', 'dot' or 'max', or a function of the list of tensors.
        concat_axis: the axis along which 'concat' puts tensors together.
        dot_axes: for 'dot' and 'cos', the axis of both tensors, or a pair of axes.
        output_shape: for a function: the shape without the batch, or a function of the list of shapes; found by
            tracing if None.
        output_mask: for a function: a mask, or a function of the list of masks.
        arguments: a dict of further arguments of a function.
        node_indices, tensor_indices: which calls, and which of their outputs, of `layers` are meant; the first if None.

    >>> Merge(mode="sum")([ops.ones((1, 2)), ops.ones((1, 2))])
    Array([[2., 2.]], dtype=float32)
    """

    def __init__(
        self,
        layers=None,
        mode="sum",
        concat_axis=-1,
        dot_axes=-1,
        output_shape=None,
        output_mask=None,
        arguments=None,
        node_indices=None,
        tensor_indices=None,
        name=None,
        **kwargs,
    ):
        dot_axes = kwargs.pop("dot_axis", dot_axes)  # as the documentation of 1.x also wrote it
        super().__init__(name=name, **kwargs)
        if not callable(mode):
            one_of("mode", mode, MODES, "Merge")
        if layers is not None and len(layers) < 2:
            raise ValueError(f"Merge: `layers` must be a list of at least two layers. Got {layers!r}.")
        self.layers = list(layers or [])
        self.mode = mode
        self.concat_axis = concat_axis
        self.dot_axes = _plain_axes(dot_axes)
        self.merged_shape = output_shape
        self.merged_mask = output_mask
        self.arguments = dict(arguments or {})
        self.node_indices = _indices("node_indices", node_indices, self.layers)
        self.tensor_indices = _indices("tensor_indices", tensor_indices, self.layers)
        self.supports_masking = True
        if self.layers:
            self.branches, outputs = self._branch_tensors()
            self(outputs)

    _not_in_config = frozenset(("layers", "output_shape", "output_mask", "node_indices", "tensor_indices"))

    def get_config(self):
        """The constructor's arguments; `output_shape` and `output_mask` where a function merges."""
        config = super().get_config()
        for name, value in (("output_shape", self.merged_shape), ("output_mask", self.merged_mask)):
            if value is not None and callable(self.mode):
                config[name] = serialize(value)
        return config

    @classmethod
    def from_config(cls, config):
        """A layer from what `get_config` returned, or from the config of a file."""
        shape = config.get("output_shape")
        if isinstance(shape, dict) and not isinstance(shape, FunctionConfig):
            config = {k: v for k, v in config.items() if k != "output_shape"}  # tracing finds what its code computed
        return super().from_config(config)

    _keras_hidden = frozenset(("branches",))

    def _branch_tensors(self) -> tuple[list[KerasTensor], list[KerasTensor]]:
        """Symbolic inputs and outputs of the layers that are merged."""
        inputs: list[KerasTensor] = []
        outputs: list[KerasTensor] = []
        for layer, node, tensor in zip(self.layers, self.node_indices, self.tensor_indices):
            ends = _ends_of(layer, node, tensor)
            inputs += [x for x in ends[0] if not any(x is known for known in inputs)]
            outputs.append(ends[1])
        return inputs, outputs

    def call(self, inputs, mask=None, training=None):
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(f"{self.name} takes a list of at least two tensors.")
        if callable(self.mode):
            arguments = dict(self.arguments)
            for name, value in (("mask", mask), ("training", training)):
                if takes(self.mode, name):
                    arguments[name] = value
            return self.mode(inputs, **arguments)
        if self.mode == "join":
            raise ValueError(
                "Merge: 'join' handed a dict on, which is no tensor. Use a layer of several inputs instead."
            )
        return getattr(self, "_" + self.mode)(list(inputs))

    def _sum(self, inputs):
        return functools.reduce(ops.add, inputs)

    def _ave(self, inputs):
        return self._sum(inputs) / len(inputs)

    def _mul(self, inputs):
        return functools.reduce(ops.multiply, inputs)

    def _max(self, inputs):
        return functools.reduce(ops.maximum, inputs)

    def _concat(self, inputs):
        return ops.concatenate(inputs, axis=self.concat_axis)

    def _dot(self, inputs, normalize=False):
        return layers.Dot(axes=self._axes(inputs), normalize=normalize)(list(inputs))

    def _cos(self, inputs):
        found = self._dot(inputs, normalize=True)
        return found if found.ndim == 2 else found[:, None]  # 1.x put an axis before those of matrices

    def _axes(self, inputs):
        if len(inputs) != 2:
            raise ValueError(f"{self.name}: mode {self.mode!r} takes two tensors. Got {len(inputs)}.")
        axes = self.dot_axes
        if isinstance(axes, int):
            axes = (axes, axes)
        return tuple(a % x.ndim for a, x in zip(axes, inputs))

    def compute_output_spec(self, inputs, mask=None, training=None):
        """A symbolic tensor of the shape that `output_shape` says, or what tracing finds."""
        if self.merged_shape is None or not callable(self.mode):
            return self._traced_outputs((inputs,), {"mask": mask, "training": training})
        shapes = [x.shape for x in inputs]
        shape = self.merged_shape(shapes) if callable(self.merged_shape) else (shapes[0][0], *self.merged_shape)
        return KerasTensor(shape, inputs[0].dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the merged tensor."""
        if is_shape(input_shape):
            raise ValueError(f"{self.name} takes a list of shapes. Got {input_shape}.")
        return self.compute_output_spec([KerasTensor(s, self.compute_dtype) for s in input_shape]).shape

    def compute_mask(self, inputs, mask=None):
        """The mask of the merged tensor: where all are True, or one behind the other for 'concat'."""
        if callable(self.mode):
            return self.merged_mask(mask) if callable(self.merged_mask) else self.merged_mask
        if mask is None or all(m is None for m in mask) or self.mode in ("cos", "dot", "join"):
            return None
        if self.mode == "concat":
            return layers.Concatenate(axis=self.concat_axis).compute_mask(inputs, mask)
        return functools.reduce(ops.logical_and, [m for m in mask if m is not None])


class _Merge(AnyMerge):
    """Base of layers of one's own that merge, in 2.x: a class says how in `_merge_function(inputs)`."""

    def _merge_function(self, inputs):
        raise NotImplementedError(f"{type(self).__name__} needs a `_merge_function(inputs)`.")

    def call(self, inputs):
        return self._merge_function(with_equal_rank(inputs))


def _plain_axes(axes: Any) -> Any:
    """An integer or a pair: 0.x wrote each of the pair as a sequence, `((1,), (2,))`."""
    if isinstance(axes, int):
        return axes
    pair = tuple(a[0] if isinstance(a, (list, tuple)) and len(a) == 1 else a for a in axes)
    if len(pair) != 2 or not all(isinstance(a, int) for a in pair):
        raise ValueError(f"Merge: `dot_axes` must be an integer or a pair of them. Got {axes!r}.")
    return pair


def _indices(name: str, given: Any, members: list) -> list[int]:
    if given is None:
        return [0] * len(members)
    found = list(given)
    if len(found) != len(members):
        raise ValueError(f"Merge: `{name}` must have one entry per layer, {len(members)}. Got {given!r}.")
    return found


def _ends_of(layer: Any, node: int, tensor: int) -> tuple[list[KerasTensor], KerasTensor]:
    """The symbolic inputs a layer or model depends on, and its output."""
    graph = getattr(layer, "_graph", None)
    if graph is not None:
        return list(graph.inputs), graph.outputs[tensor]
    if isinstance(layer, Layer) and not layer._inbound_nodes and layer._first_shape is not None:
        first = registry.built_in("keras.layers", "Embedding")
        x = layers.Input(batch_shape=layer._first_shape, dtype="int32" if isinstance(layer, first) else None)
        layer(x)
    if not isinstance(layer, Layer) or not layer._inbound_nodes:
        raise ValueError(
            f"Merge: the shape of the inputs of {getattr(layer, 'name', layer)!r} is not known.\n"
            "  Tell it to its first layer: Dense(32, input_shape=(784,))."
        )
    output = layer._inbound_nodes[node].outputs[tensor]
    return _sources_of(output), output


def _sources_of(x: KerasTensor) -> list[KerasTensor]:
    """The inputs that a symbolic tensor is computed from."""
    found: list[KerasTensor] = []
    stack = [x]
    while stack:
        one = stack.pop()
        operation, index, _ = one._keras_history
        before = operation._inbound_nodes[index].input_tensors
        if not before and not any(one is known for known in found):
            found.append(one)
        stack.extend(reversed(before))
    return found


def merge(
    inputs,
    mode="sum",
    concat_axis=-1,
    dot_axes=-1,
    output_shape=None,
    output_mask=None,
    arguments=None,
    name=None,
):
    """One tensor made of several, or a `Merge` layer of several layers.

    Args:
        inputs: a list of tensors, or of layers.
        mode, concat_axis, dot_axes, output_shape, output_mask, arguments, name: as for `Merge`.
    """
    settings = {
        "mode": mode, "concat_axis": concat_axis, "dot_axes": dot_axes, "output_shape": output_shape,
        "output_mask": output_mask, "arguments": arguments, "name": name,
    }  # fmt: skip
    if all(isinstance(x, Layer) for x in inputs):
        return Merge(list(inputs), **settings)
    return Merge(**settings)(list(inputs))


gradients_in_layers.teach(Merge, "mode")
registry.register_built_ins("keras.layers", {"Merge": Merge})
