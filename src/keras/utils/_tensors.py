"""Questions about symbolic tensors and dtypes."""

from keras import config
from keras._core import tree
from keras._core.dtype_policy import dtype_name
from keras._core.graph import is_symbolic


def is_keras_tensor(x) -> bool:
    """Whether `x` is a symbolic tensor, as `keras.Input` returns.

    >>> keras.utils.is_keras_tensor(keras.Input((3,)))
    True
    """
    return is_symbolic(x)


def get_source_inputs(tensor) -> list:
    """The inputs that a symbolic tensor is computed from, in the order in which they are met."""
    if not is_symbolic(tensor) or tensor._keras_history is None:
        return [tensor]
    found: dict[int, object] = {}
    met: set[int] = set()
    stack = [tensor]
    while stack:
        x = stack.pop()
        if x._keras_history is None:  # not made by an operation
            found.setdefault(id(x), x)
            continue
        operation, index, _ = x._keras_history
        node = operation._inbound_nodes[index]
        if id(node) in met:
            continue
        met.add(id(node))
        if node.is_input:
            for output in tree.leaves(node.output_structure):
                found.setdefault(id(output), output)
        stack.extend(reversed(node.input_tensors))
    return list(found.values())


def standardize_dtype(dtype) -> str:
    """The name of a dtype: 'float32' for NumPy's float32, for float, and for None the default float type."""
    return dtype_name(config.floatx() if dtype is None else dtype)
