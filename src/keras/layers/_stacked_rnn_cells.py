"""Several recurrent cells that act as one."""

from keras import ops
from keras._core import tree
from keras.layers._layer import Layer


class StackedRNNCells(Layer):
    """Cells on top of each other: the output of one is the input of the next.

    Args:
        cells: a list of cells.
    """

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        for cell in cells:
            if not hasattr(cell, "call") or not hasattr(cell, "state_size"):
                raise ValueError(f"StackedRNNCells: every cell needs a `call` method and a `state_size`. Got {cell!r}.")
        self.cells = list(cells)

    @property
    def state_size(self):
        """The sizes of the states of every cell."""
        return [c.state_size for c in self.cells]

    @property
    def output_size(self):
        """The size of the output of the last cell."""
        last = self.cells[-1]
        size = getattr(last, "output_size", None)
        return tree.leaves(last.state_size)[0] if size is None else size

    def get_initial_state(self, batch_size=None):
        """The states of every cell at the start, bottom first."""
        return [
            c.get_initial_state(batch_size=batch_size) if hasattr(c, "get_initial_state")
            else [ops.zeros((batch_size, s), dtype=self.compute_dtype) for s in tree.leaves(c.state_size)]
            for c in self.cells
        ]  # fmt: skip

    def build(self, input_shape):
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            size = getattr(cell, "output_size", None)
            size = tree.leaves(cell.state_size)[0] if size is None else size
            input_shape = (input_shape[0], *((size,) if isinstance(size, int) else tuple(size)))

    def call(self, inputs, states, training=False):
        flat, new = tree.leaves(states), []
        for cell in self.cells:
            count = len(tree.leaves(cell.state_size))
            own, flat = flat[:count], flat[count:]
            inputs, changed = cell(inputs, own, training=training) if isinstance(cell, Layer) else cell(inputs, own)
            new.append(changed)
        return inputs, new
