"""The base of layers that read text, which compiled code cannot do."""

from keras._core import tree
from keras._core.graph import KerasTensor, any_symbolic
from keras._jax import pure
from keras._jax.host import integer_name, on_host
from keras.layers._layer import Layer
from keras.layers._text import host_array


class HostLayer(Layer):
    """A layer in two steps: `read` turns text or integers into numbers on the host, `encode` goes on on the device.

    A model that begins with such layers runs `read` over its data before training starts, so that what is compiled
    sees numbers only. Behind other layers `read` is called in the middle of compiled code, for integers alone.
    """

    needs_host = True
    """Whether `read` cannot be done in compiled code, so that a model does it before."""

    _takes_several = False  # whether the inputs are a list, an array per feature

    def read(self, inputs):
        """Numbers from NumPy arrays, on the host."""
        raise NotImplementedError

    def encode(self, numbers):
        """The outputs from those numbers."""
        raise NotImplementedError

    def host_inputs(self, inputs):
        """Inputs as NumPy arrays; tensors that are being traced stay."""
        if self._takes_several and isinstance(inputs, (list, tuple)):
            return [self._as_host_array(x) for x in inputs]
        return self._as_host_array(inputs)

    def _as_host_array(self, x):
        return x if pure.is_traced(x) or isinstance(x, KerasTensor) else host_array(x, self.name)

    def _convert(self, x):
        return x

    def __call__(self, inputs, *args, **kwargs):
        return super().__call__(inputs if any_symbolic(inputs) else self.host_inputs(inputs), *args, **kwargs)

    def build(self, input_shape):
        """Makes nothing: these layers have no weights."""

    def call(self, inputs):
        arrays = tree.leaves(inputs)
        if not any(pure.is_traced(x) for x in arrays):
            return self.encode(self.read(inputs))
        return self.encode(self.read_traced(inputs))

    def read_traced(self, inputs):
        """What `read` returns, in compiled code."""
        arrays = tree.leaves(inputs)

        def run(*values):
            return self.read(tree.pack_like(inputs, list(values)))

        return on_host(run, tuple(arrays[0].shape), integer_name(), *arrays)

    def compute_output_spec(self, inputs):
        """A symbolic tensor of the promised shape."""
        shape = tree.map_leaves(lambda x: tuple(x.shape), inputs)
        return KerasTensor(self.compute_output_shape(shape), self.output_dtype)

    @property
    def output_dtype(self):
        """The dtype of what a call returns."""
        return integer_name()
