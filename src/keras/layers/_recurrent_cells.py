"""What a recurrent cell has and does, whether it is a layer or any object with `call` and `state_size`."""

from keras import ops
from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax.op import symbolic_result
from keras.layers._layer import Layer


def check_cell(cell, owner):
    """Refuses what cannot be a cell."""
    if not hasattr(cell, "call") or not hasattr(cell, "state_size"):
        raise ValueError(
            f"{owner}: a cell needs a `call(inputs, states)` method and a `state_size`, an integer or a list of them. "
            f"Got {cell!r}."
        )


def as_list(size) -> list:
    """`state_size`, or states, as a list: a single one may come without."""
    return list(size) if isinstance(size, (list, tuple)) else [size]


def as_dims(size) -> tuple:
    """`output_size` as the sizes of axes."""
    return tuple(size) if isinstance(size, (list, tuple)) else (size,)


def output_size_of(cell):
    """What the cell says, or else the size of its first state."""
    size = getattr(cell, "output_size", None)
    return tree.leaves(cell.state_size)[0] if size is None else size


def initial_state_of(cell, batch_size, dtype) -> list:
    """What the cell says, or else zeros."""
    if hasattr(cell, "get_initial_state"):
        return as_list(cell.get_initial_state(batch_size=batch_size))
    return tree.map_leaves(lambda size: ops.zeros((batch_size, size), dtype=dtype), as_list(cell.state_size))


def call_cell(cell, inputs, states, training):
    """Output and new states; a cell that is no layer is not told whether this is training."""
    if isinstance(cell, Layer):
        return cell(inputs, states, training=training)
    return cell.call(inputs, states)


def build_cell(cell, input_shape):
    """Makes the cell's weights for the inputs of one step."""
    if not isinstance(cell, Layer) or cell.built:
        return
    if type(cell).build is not Layer.build:
        cell.build(input_shape)
        return
    # the layers inside build themselves when a call reaches them
    batch_size = input_shape[0] or 1
    inputs = KerasTensor((batch_size, *input_shape[1:]), cell.compute_dtype)
    states = initial_state_of(cell, batch_size, cell.compute_dtype)
    symbolic_result(lambda x: call_cell(cell, x, states, False), inputs)
