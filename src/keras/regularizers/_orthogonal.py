"""A penalty on directions that resemble each other."""

from keras import ops
from keras._core.checks import one_of
from keras.regularizers._norms import factor as checked_factor
from keras.regularizers._regularizer import Regularizer


class OrthogonalRegularizer(Regularizer):
    """`factor` times the mean of `|cos|` of the angles between each two rows, or columns, of a matrix.

    Args:
        factor: a number of at least 0.
        mode: 'rows' or 'columns'.

    Raises:
        ValueError: at the call, if `inputs` is not a matrix.

    >>> OrthogonalRegularizer(1.0)([[1.0, 0.0], [1.0, 1.0]])
    Array(0.7071, dtype=float32)
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor = checked_factor("factor", factor, "OrthogonalRegularizer")
        self.mode = one_of("mode", mode, ("rows", "columns"), "OrthogonalRegularizer")

    def __call__(self, inputs):
        inputs = ops.convert_to_tensor(inputs)
        if len(inputs.shape) != 2:
            raise ValueError(f"OrthogonalRegularizer takes a matrix, with 2 axes. Got shape {tuple(inputs.shape)}.")
        rows = inputs if self.mode == "rows" else ops.transpose(inputs)
        rows = ops.normalize(rows, axis=1)
        count = rows.shape[0]
        cosines = ops.matmul(rows, ops.transpose(rows))
        between = ops.absolute(cosines) * (1.0 - ops.eye(count, dtype=cosines.dtype))
        return self.factor * ops.sum(between) / max(count * (count - 1), 1)
