"""HashedCrossing: combinations of features become numbers of bins."""

import numpy as np

from keras._core import tree
from keras._core.checks import one_of
from keras._core.errors import WrongTypeError
from keras._core.graph import KerasTensor
from keras._jax.host import integer_name
from keras.layers._encoding import encode, encoded_shape
from keras.layers._hashes import cross_hash, farm_hash
from keras.layers._hashing import checked_bins
from keras.layers._host_layer import HostLayer
from keras.layers._text import encoded, is_text, texts, whole_numbers


class HashedCrossing(HostLayer):
    """Puts combinations of two or more features into bins by their hash; the bins are those of Keras 2 and 3.

    Args:
        num_bins: how many bins there are.
        output_mode: 'int' for numbers of bins, 'one_hot' for vectors.
        sparse: must be False: tensors are dense here.

    Shapes:
        x: a list of texts or integers, each (), (batch,) or (batch, 1); y: the same, (batch, num_bins) for 'one_hot'.

    >>> HashedCrossing(num_bins=1000)((["a", "b"], [1, 2]))
    Array([485, 357], dtype=int32)
    """

    _takes_several = True

    def __init__(self, num_bins, output_mode="int", sparse=False, name=None, dtype=None, **kwargs):
        one_of("output_mode", output_mode, ("int", "one_hot"), "HashedCrossing")
        super().__init__(name=name, dtype=dtype or ("int64" if output_mode == "int" else None), **kwargs)
        if sparse:
            raise ValueError("HashedCrossing: `sparse` must be False: tensors are dense here.")
        self.num_bins = checked_bins(num_bins, "HashedCrossing")
        self.output_mode = output_mode
        self.sparse = False

    def call(self, inputs):
        self._check(inputs)
        return super().call(inputs)

    def _check(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(f"{self.name}: a cross takes a list of two or more features. Got {tree.describe(inputs)}.")
        shapes = [tuple(x.shape) for x in inputs]
        if len(set(shapes)) > 1:
            raise ValueError(f"{self.name}: all features must have the same shape. Got {shapes}.")
        if len(shapes[0]) > 2 or (len(shapes[0]) == 2 and shapes[0][1] != 1):
            raise ValueError(f"{self.name}: features have shape (), (batch,) or (batch, 1). Got {shapes[0]}.")
        floats = [str(x.dtype) for x in inputs if "float" in str(x.dtype)]
        if floats:
            raise WrongTypeError(f"{self.name}: features are texts or integers. Got values of dtype {floats[0]}.")

    def read(self, inputs):
        """Numbers of bins."""
        hashes = cross_hash([self._values(x) for x in inputs])
        return (hashes % np.uint64(self.num_bins)).astype("int64").reshape(inputs[0].shape)

    def _values(self, x):
        if is_text(x):
            return farm_hash(encoded(texts(x, self.name)))
        return whole_numbers(x, self.name).ravel().view(np.uint64)

    def encode(self, numbers):
        """The numbers in the form that `output_mode` says."""
        return encode(numbers, self.output_mode, self.num_bins, self.output_dtype)

    @property
    def output_dtype(self):
        """That of the layer, integers in 32 bits where the process computes in 32."""
        return integer_name() if self.compute_dtype == "int64" else self.compute_dtype

    def compute_output_shape(self, input_shape):
        """The shape of a feature, or of vectors, as `output_mode` says."""
        return encoded_shape(input_shape[0], self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs):
        """A symbolic tensor of the promised shape."""
        self._check(inputs)
        return KerasTensor(self.compute_output_shape([x.shape for x in inputs]), self.output_dtype)
