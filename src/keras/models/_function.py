"""The way from symbolic inputs to symbolic outputs, as one operation."""

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax.operation import Operation
from keras.models._graph import Graph


class Function(Operation):
    """Computes symbolic outputs from symbolic inputs: a model without weights of its own, training or saving.

    Args:
        inputs, outputs: symbolic tensors, or lists and dicts of them.
        name: its name; made up if None.

    Raises:
        ValueError: an output does not depend on the inputs alone.

    >>> x = keras.Input((3,))
    >>> double = keras.Function(x, x * 2)
    >>> double(np.ones((1, 3)))
    Array([[2., 2., 2.]], dtype=float32)
    """

    def __init__(self, inputs, outputs, name=None):
        super().__init__(name=name)
        self._graph = Graph(inputs, outputs)

    @property
    def operations(self) -> list:
        """What it computes with, inputs first."""
        return list(self._graph.operations)

    @property
    def inputs(self) -> list:
        """The symbolic inputs, flat."""
        return self._graph.inputs

    @property
    def outputs(self) -> list:
        """The symbolic outputs, flat."""
        return self._graph.outputs

    def call(self, inputs):
        """The outputs for values of the inputs.

        Raises:
            ValueError: there are more or fewer inputs, or one does not have the shape it was declared with.
        """
        self._check(inputs)
        return self._graph.run(inputs)

    def compute_output_spec(self, inputs):
        """Symbolic outputs for symbolic inputs."""
        self._check(inputs)
        return self._graph.symbolic(inputs)

    def _check(self, inputs) -> None:
        """A model adds and takes away a last axis, and lets its layers say what sizes they take; this does not."""
        given = tree.leaves(inputs)
        for x, symbol in zip(given, self.inputs if len(given) == len(self.inputs) else ()):
            shape = getattr(x, "shape", None)
            if shape is not None and not _fits(tuple(shape), symbol.shape):
                raise ValueError(
                    f"{self.name}: input {symbol.name!r} has shape {symbol.shape}. Got shape {tuple(shape)}."
                )

    def compute_output_shape(self, input_shape):
        """The shapes of the outputs for shapes of the inputs."""
        symbols = [
            KerasTensor(shape, symbol.dtype) for shape, symbol in zip(_shapes(input_shape), self._graph.inputs)
        ]  # fmt: skip
        found = self.compute_output_spec(tree.pack_like(self._graph.input_structure, symbols))
        return tree.map_leaves(lambda x: x.shape, found)

    def get_config(self) -> dict:
        """Not possible: a graph is written as a model.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            f"{self.name}: a Function cannot be written as a config. Make a model: keras.Model(inputs, outputs)."
        )


def _fits(shape: tuple, declared: tuple) -> bool:
    """Whether an array of a shape goes in where a shape was declared."""
    return len(shape) == len(declared) and all(None in (a, b) or a == b for a, b in zip(shape, declared))


def _shapes(x) -> list:
    if isinstance(x, dict):
        return [shape for key in sorted(x) for shape in _shapes(x[key])]
    if all(d is None or isinstance(d, int) for d in x):
        return [tuple(x)]
    return [shape for item in x for shape in _shapes(item)]
