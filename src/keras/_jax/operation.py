"""What users derive their own operations from."""

from __future__ import annotations

from typing import Any

import jax

from keras._core import graph
from keras._core.configurable import Configurable
from keras._core.graph import any_symbolic
from keras._jax.op import symbolic_result


class Operation(graph.Operation, Configurable):
    """Anything that runs on arrays and becomes a node of the graph on symbolic tensors: layers are operations.

    A subclass writes `call`; its shapes and dtypes are found by tracing that, unless it writes `compute_output_spec`.

    Args:
        name: its name; made up from the class if None.

    >>> class Double(keras.Operation):
    ...     def call(self, x):
    ...         return 2 * x
    >>> Double()(np.array([1.0, 2.0]))
    array([2., 4.])
    """

    def __call__(self, *args, **kwargs):
        """Runs on arrays, or adds a node for symbolic tensors."""
        if any_symbolic(args) or any_symbolic(kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def symbolic_call(self, *args, **kwargs):
        """Adds a node to the graph and returns its symbolic outputs."""
        return self.add_node(args, kwargs, self.compute_output_spec(*args, **kwargs))

    def call(self, *args, **kwargs):
        """What it computes; a subclass writes it."""
        raise NotImplementedError(f"{type(self).__name__} has no `call` method. Define call(self, x).")

    def compute_output_spec(self, *args, **kwargs) -> Any:
        """Symbolic outputs, without a value, for symbolic inputs."""
        return symbolic_result(self.call, *args, **kwargs)

    def quantized_call(self, *args, **kwargs):
        """What is computed in the place of `call` once it is quantized; a subclass that can be quantized writes it."""
        raise NotImplementedError(f"{type(self).__name__} cannot be quantized: it has no `quantized_call` method.")

    def rematerialized_call(self, fn, *args, **kwargs):
        """`fn`, whose inner results are computed again for the gradient instead of being kept."""

        def again(*args, **kwargs):
            return jax.checkpoint(lambda *inner: fn(*inner, **kwargs))(*args)

        return again
