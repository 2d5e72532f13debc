"""Numbers for questions: repeatable, never zero, never equal to each other, and exact in float32."""

import math

import numpy as np


class Draw:
    """Draws arrays whose values all differ, so that no maximum has ties and no kink is hit.

    Args:
        seed: decides the order of the values.
    """

    def __init__(self, seed):
        self.order = np.random.RandomState(seed)
        self.count = 0

    def real(self, *shape, low=-2.0, high=2.0):
        """Different values spread evenly from `low` to `high`."""
        size = int(np.prod(shape))
        self.count += 1
        # A power of two as the step keeps every value exact; the eighths keep arrays of one question apart.
        step = 2.0 ** -math.ceil(math.log2(max(size, 2)))
        places = self.order.permutation(size) + 0.25 + 0.0625 * (self.count % 8)
        return (low + (high - low) * step * places).reshape(shape).astype("float32")

    def positive(self, *shape):
        return self.real(*shape, low=0.5, high=2.5)

    def integers(self, below, *shape):
        return self.order.randint(0, below, shape).astype("int32")

    def chance(self, *shape, share=0.7):
        """A mask that is True in about `share` of its places."""
        return self.order.uniform(size=shape) < share
