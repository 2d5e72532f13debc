"""Orthogonal matrices."""

import math

import numpy as np

from keras._core import draws
from keras.initializers._initializer import SeededInitializer


class Orthogonal(SeededInitializer):
    """A matrix with orthonormal columns (rows, if there are fewer of them), evenly spread over all such matrices.

    Weights with more axes are matrices whose rows run over all axes but the last. Saxe et al., 2014: Exact solutions
    to the nonlinear dynamics of learning in deep linear neural networks.

    Args:
        gain: a factor for the matrix.
        seed: an integer for the same values in every run, a SeedGenerator, or None.

    Raises:
        ValueError: at the call, if the weight has fewer than two axes.

    >>> q = Orthogonal(seed=7)((3, 2))
    >>> ops.matmul(q.T, q)  # the identity
    """

    def __init__(self, gain=1.0, seed=None):
        super().__init__(seed)
        self.gain = gain

    def values(self, shape, dtype):
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: the weight must have at least 2 axes. Got shape {shape}.")
        if draws.is_left_out(shape):
            return draws.as_dtype(np.zeros(shape), dtype)
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        # QR in 16 bits would not be orthogonal
        q, r = np.linalg.qr(np.asarray(self._source.normal(tall, 0.0, 1.0, "float32", self.seed), "float64"))
        q *= np.where(np.diag(r) < 0, -1, 1)  # QR alone prefers some signs
        if rows < columns:
            q = q.T
        return draws.as_dtype(self.gain * q.reshape(shape), dtype)
