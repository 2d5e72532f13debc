"""Several recurrent cells that act as one."""

from keras._core import tree
from keras.layers._layer import Layer
from keras.layers._recurrent_cells import (
    as_dims,
    as_list,
    build_cell,
    call_cell,
    check_cell,
    initial_state_of,
    output_size_of,
)


class StackedRNNCells(Layer):
    """Cells on top of each other: the output of one is the input of the next.

    Args:
        cells: a list of cells.

    Shapes:
        inputs: (batch, features), states: for each cell those it has, output: that of the last cell.

    >>> cell = StackedRNNCells([LSTMCell(3), GRUCell(4)])
    >>> cell.state_size
    [[3, 3], 4]
    """

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        self.cells = list(cells)
        if not self.cells:
            raise ValueError("StackedRNNCells: `cells` must hold at least one cell.")
        for cell in self.cells:
            check_cell(cell, "StackedRNNCells")

    @property
    def state_size(self):
        """The sizes of the states of every cell."""
        return [c.state_size for c in self.cells]

    @property
    def output_size(self):
        """The size of the output of the last cell."""
        return output_size_of(self.cells[-1])

    def get_initial_state(self, batch_size=None):
        """The states of every cell at the start, bottom first."""
        return [initial_state_of(c, batch_size, self.compute_dtype) for c in self.cells]

    def build(self, input_shape):
        for cell in self.cells:
            build_cell(cell, input_shape)
            input_shape = (input_shape[0], *as_dims(output_size_of(cell)))

    def call(self, inputs, states, training=False):
        parts, new = self._parts_of(states), []
        for cell, own in zip(self.cells, parts):
            inputs, changed = call_cell(cell, inputs, own, training)
            new.extend(tree.leaves(changed))
        return inputs, tree.pack_like(states, new)

    def _parts_of(self, states) -> list:
        """The states of each cell, arranged as it wants them."""
        flat, parts = tree.leaves(states), []
        for cell in self.cells:
            size = as_list(cell.state_size)
            count = len(tree.leaves(size))
            parts.append(tree.pack_like(size, flat[:count]))
            flat = flat[count:]
        return parts

    @property
    def runs_whole(self) -> bool:
        """Whether each cell can run over all steps before the next one does."""
        return (
            type(self).call is StackedRNNCells.call
            and self.activity_regularizer is None
            and all(getattr(c, "runs_whole", False) and c.compute_dtype == self.compute_dtype for c in self.cells)
        )

    def run(self, x, states, mask, training, unroll):
        """Outputs of all steps and the last states, for inputs and mask with time first."""
        new = []
        for cell, own in zip(self.cells, self._parts_of(states)):
            x, changed = cell.run(x, own, mask, training, unroll)
            new.extend(changed)
        return x, tree.pack_like(states, new)
