"""`Siamese` of 0.x: one layer for several inputs."""

from __future__ import annotations

from keras._core import registry
from keras.layers import Layer
from keras.legacy.merging import Merge, merge

__all__ = ["LambdaMerge", "Siamese", "SiameseHead", "add_shared_layer"]


class Siamese(Merge):
    """The merged outputs of one layer for the outputs of several others, at the beginning of a `Sequential`.

    Args:
        layer: the layer that they share.
        inputs: layers or models.
        merge_mode, concat_axis, dot_axes: as for `Merge`.
        is_graph: must be False: nodes of graphs share layers by `Graph.add_shared_node`.
    """

    def __init__(self, layer, inputs, merge_mode="concat", concat_axis=1, dot_axes=-1, is_graph=False, **kwargs):
        if is_graph:
            raise ValueError("Siamese: `is_graph` must be False. Write graph.add_shared_node(...).")
        if merge_mode is None:
            raise ValueError("Siamese: give a `merge_mode`, or write add_shared_layer(layer, inputs).")
        object.__setattr__(self, "layer", layer)
        self._heads: list = []
        super().__init__(list(inputs), merge_mode, concat_axis, dot_axes, **kwargs)

    _keras_hidden = Merge._keras_hidden | {"_heads"}
    _not_in_config = Merge._not_in_config | {"mode", "layer", "inputs", "merge_mode", "is_graph"}

    def _branch_tensors(self):
        inputs, outputs = super()._branch_tensors()
        self._heads = [self.layer(x) for x in outputs]
        return inputs, self._heads

    @property
    def merge_mode(self):
        """How the outputs become one."""
        return self.mode

    @property
    def output(self):
        """The merged outputs."""
        return self._inbound_nodes[0].outputs[0]

    def set_layer_input(self, head):
        """Calls the shared layer on the output of one of the inputs once more."""
        self.layer(super()._branch_tensors()[1][head])

    def get_output_at(self, head, train=False):
        """The output of the shared layer for one of the inputs."""
        return self._heads[head]

    def get_output_shape(self, head, train=False):
        """The shape of that output."""
        return tuple(self._heads[head].shape)

    def get_output_join(self, train=False):
        """All outputs of the shared layer, by the names of the inputs."""
        return {layer.name: x for layer, x in zip(self.layers, self._heads)}


def _merged(mode: str):
    def get(self, train=False):
        return merge(self._heads, mode, self.concat_axis, self.dot_axes)

    get.__doc__ = f"All outputs of the shared layer, merged by {mode!r}."
    return get


for _mode in ("sum", "ave", "concat", "mul", "dot", "cos"):
    setattr(Siamese, f"get_output_{_mode}", _merged(_mode))


class SiameseHead(Layer):
    """One of several tensors.

    Args:
        head: which one.
    """

    def __init__(self, head, **kwargs):
        super().__init__(**kwargs)
        self.head = head

    def call(self, inputs):
        return inputs[self.head] if isinstance(inputs, (list, tuple)) else inputs


def add_shared_layer(layer, inputs):
    """Adds one layer to several sequences, which share it then."""
    for model in inputs:
        model.add(layer)


class LambdaMerge(Merge):
    """A function of the outputs of several layers.

    Args:
        layers: layers or models.
        function: a function of the list of their outputs.
        output_shape, arguments: as for `Merge`.
    """

    def __init__(self, layers, function, output_shape=None, arguments=None, **kwargs):
        self.function = function
        super().__init__(layers, function, output_shape=output_shape, arguments=arguments, **kwargs)

    _not_in_config = Merge._not_in_config | {"mode"}


registry.register_built_ins("keras.layers", {"Siamese": Siamese, "SiameseHead": SiameseHead})
