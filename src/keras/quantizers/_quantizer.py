"""Quantizers: objects that turn floats into integers and a scale."""

from keras._core.configurable import Configurable
from keras.quantizers._abs_max import EPSILON, abs_max_quantize


class Quantizer(Configurable):
    """What turns floats into integers.

    Subclasses write `__call__(self, x)`, which returns the integers and what they were multiplied by.

    Args:
        output_dtype: the dtype of the integers.
    """

    def __init__(self, output_dtype="int8"):
        self.output_dtype = output_dtype

    def __call__(self, x):
        """`x` as it is: this class quantises nothing."""
        return x


class AbsMaxQuantizer(Quantizer):
    """Integers that use their whole range for the largest absolute value.

    `scale = high / (max |x| + epsilon)`, `y = round(x * scale)`

    Args:
        axis: along which axes the largest value is looked for, when the call does not say; the last one if None.
        value_range: the smallest and the largest integer.
        epsilon: keeps the division finite.
        output_dtype: the dtype of the integers.

    >>> AbsMaxQuantizer(axis=-1)(ops.array([[1.0, -2.0]]))[0]
    Array([[  64, -127]], dtype=int8)
    """

    _left_out_if_none = ("axis",)

    def __init__(self, axis=None, value_range=(-127, 127), epsilon=EPSILON, output_dtype="int8"):
        super().__init__(output_dtype)
        self.axis = axis if axis is None else tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
        self.value_range = tuple(value_range)
        self.epsilon = epsilon

    def __call__(self, x, axis=None, to_numpy=False):
        """The integers, and what `x` was multiplied by.

        Args:
            x: floats.
            axis: along which axes the largest value is looked for; those of the constructor if None.
            to_numpy: whether to compute with NumPy, outside of any program.
        """
        axis = next((a for a in (axis, self.axis) if a is not None), -1)
        return abs_max_quantize(x, axis, self.value_range, self.output_dtype, self.epsilon, to_numpy)
