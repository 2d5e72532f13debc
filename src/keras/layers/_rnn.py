"""Recurrent layers: a cell applied to one time step after the other."""

from __future__ import annotations

from keras import ops
from keras._core import limits, tree
from keras._jax.kernels import recurrent
from keras._jax.variable import Variable
from keras.layers._input_spec import InputSpec
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
from keras.layers._rnn_cell import GatedCell
from keras.layers._stacked_rnn_cells import StackedRNNCells


class RNN(Layer):
    """Applies a cell to every time step, handing its states on.

    Args:
        cell: a layer with `call(inputs_t, states) -> (output_t, new_states)`, `state_size`, and optionally
            `output_size` and `get_initial_state`; or a list of cells, which are stacked.
        return_sequences: whether to return the outputs of all time steps rather than the last.
        return_state: whether to return the last states too.
        go_backwards: whether to start at the last time step; outputs are in the order they were made.
        stateful: whether the states after one batch are those before the next one; needs a fixed batch size.
        unroll: whether to write the time steps out instead of looping.
        zero_output_for_mask: whether outputs are zero, rather than the former ones, where the mask is False.

    Shapes:
        x: (batch, time, ...), y: (batch, time, units) or (batch, units).
    """

    def __init__(
        self,
        cell,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        check_cell(cell, type(self).__name__)
        self.cell = cell
        self.return_sequences = bool(return_sequences)
        self.return_state = bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.stateful = bool(stateful)
        self.unroll = bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=3)
        self._states: list[Variable] | None = None

    # states come and go with the data: they are no weights
    _keras_hidden = frozenset(("_states",))

    @property
    def states(self) -> list[Variable] | None:
        """The states a stateful layer goes on from; None before it was built."""
        return self._states

    @states.setter
    def states(self, states: list[Variable] | None) -> None:
        self._states = states

    def _seed_variables(self):
        return [*super()._seed_variables(), *(self._states or ())]

    # --- sizes and shapes

    @property
    def state_size(self) -> list:
        """The sizes of the states; where cells are stacked, those of each cell."""
        return as_list(self.cell.state_size)

    @property
    def single_state(self) -> bool:
        """Whether the cell has one state and gives its size without a list."""
        return not isinstance(self.cell.state_size, (list, tuple))

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        batch, steps = sequences_shape[:2]
        output = as_dims(output_size_of(self.cell))
        shape = (batch, steps, *output) if self.return_sequences else (batch, *output)
        if not self.return_state:
            return shape
        return (shape, *tree.map_leaves(lambda size: (batch, size), self.state_size))

    def compute_mask(self, inputs, previous_mask):
        mask = tree.leaves(previous_mask)[0] if self.return_sequences else None
        return [mask, *tree.map_leaves(lambda _: None, self.state_size)] if self.return_state else mask

    # --- building and states

    def build(self, sequences_shape, initial_state_shape=None):
        build_cell(self.cell, (sequences_shape[0], *sequences_shape[2:]))
        if self.stateful and self._states is None:
            self._make_states(sequences_shape[0])

    def _make_states(self, batch_size: int | None) -> None:
        if batch_size is None:
            raise ValueError(
                f"{self.name} is stateful, so it needs a fixed batch size.\n"
                "  Give the model's input one: keras.Input(batch_shape=(batch, time, features))."
            )
        for size in self.state_size:  # before memory is asked for
            sizes = tuple(size) if isinstance(size, (list, tuple)) else (size,)
            limits.take(f"{self.name}/rnn_state", (batch_size, *(n for n in sizes if n is not None)), 4)
        self._states = [
            Variable(state, dtype=self.compute_dtype, trainable=False, autocast=False, name="rnn_state")
            for state in tree.leaves(self.get_initial_state(batch_size))
        ]

    def get_initial_state(self, batch_size):
        """States of zeros, or what the cell says states start as."""
        return initial_state_of(self.cell, batch_size, self.compute_dtype)

    def reset_state(self):
        """Sets the states of a stateful layer back to their start."""
        if self._states is not None:
            start = self.get_initial_state(self._states[0].shape[0])
            for variable, value in zip(self._states, tree.leaves(start)):
                variable.assign(value)

    def reset_states(self):
        """Sets the states of a stateful layer back to their start."""
        self.reset_state()

    # --- the computation

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if sequences.shape[1] == 0:
            raise ValueError(f"{self.name} takes sequences of at least one time step. Got shape {sequences.shape}.")
        states = self._first_states(sequences.shape[0], initial_state)
        last, outputs, states = self.inner_loop(sequences=sequences, initial_state=states, mask=mask, training=training)
        if self.stateful:
            for variable, value in zip(self._states, tree.leaves(states)):
                variable.assign(value)
        # the cell follows a policy of its own
        output = ops.cast(outputs if self.return_sequences else last, self.compute_dtype)
        states = tree.map_leaves(lambda s: ops.cast(s, self.compute_dtype), states)
        return (output, *states) if self.return_state else output

    def _first_states(self, batch_size, given):
        if given is not None:
            states = tree.leaves(given)
            self._check_states(states, batch_size)
        elif self.stateful:
            states = [s.value for s in self._states]
            if states[0].shape[0] != batch_size:
                raise ValueError(
                    f"{self.name} is stateful with batch size {states[0].shape[0]}. Got a batch of {batch_size}.\n"
                    f"  Pass batch_size={states[0].shape[0]}, and data whose length is a multiple of it."
                )
        else:
            states = tree.leaves(self.get_initial_state(batch_size))
        return tree.pack_like(self.state_size, [ops.cast(s, self.compute_dtype) for s in states])

    def _check_states(self, states, batch_size):
        wanted = [tuple(s.shape) for s in tree.leaves(self.get_initial_state(batch_size))]
        got = [tuple(s.shape) for s in states]
        if got != wanted:
            raise ValueError(
                f"{self.name}: `initial_state` must hold {len(wanted)} state{'s' * (len(wanted) != 1)} of shape "
                f"{', '.join(map(str, wanted))}. Got {', '.join(map(str, got))}."
            )

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """The last output, the outputs of all time steps if they are wanted, and the last states.

        Args:
            sequences: (batch, time, ...).
            initial_state: states, arranged like `state_size`.
            mask: (batch, time) or None.
            training: whether to leave out what dropout leaves out.
        """
        x = ops.swapaxes(sequences, 0, 1)  # (batch, time, ...) -> (time, batch, ...)
        mask = None if mask is None else ops.swapaxes(self._mask_of_steps(mask, sequences), 0, 1)
        if self.go_backwards:
            x = ops.flip(x, axis=0)
            mask = None if mask is None else ops.flip(mask, axis=0)
        outputs, last, states = self._over_steps(x, initial_state, mask, training)
        return last, ops.swapaxes(outputs, 0, 1) if self.return_sequences else last[:, None], states

    def _mask_of_steps(self, mask, sequences):
        mask = ops.cast(mask, "bool")
        steps = tuple(sequences.shape[:2])
        if tuple(mask.shape) != steps + (1,) * (mask.ndim - 2):
            raise ValueError(f"{self.name} takes a mask of shape (batch, time), here {steps}. Got shape {mask.shape}.")
        return ops.reshape(mask, steps)

    def _over_steps(self, x, states, mask, training):
        """Outputs of all steps, the last one and the last states, for inputs and mask with time first."""
        cell = self.cell
        if getattr(cell, "runs_whole", False) and cell.compute_dtype == self.compute_dtype:
            outputs, states = cell.run(x, states, mask, training, self.unroll)
            if not self.zero_output_for_mask or mask is None:
                # the state of the last step rather than a slice of all outputs, whose gradient is mostly zeros
                return outputs, states[0] if isinstance(cell, GatedCell) else outputs[-1], states
            seen = ops.reshape(mask, (*mask.shape, *(1,) * (outputs.ndim - 2)))
            outputs = ops.where(seen, outputs, ops.zeros_like(outputs))
            return outputs, outputs[-1], states
        outputs, states, losses = recurrent.any_cell(
            lambda x, states: call_cell(cell, x, states, training), x, states, mask,
            before=tree.leaves(states[-1] if isinstance(cell, StackedRNNCells) else states)[0],
            zero_output=self.zero_output_for_mask, unroll=self.unroll, repeated=self._mask_seeds(),
        )  # fmt: skip
        self.add_loss(losses)
        return outputs, outputs[-1], states

    def _mask_seeds(self):
        """What the cells of this package, however deep inside, draw dropout masks with: one mask for all steps."""
        cells = self.cell._flatten_layers() if isinstance(self.cell, Layer) else []
        return [c.mask_seed for c in cells if isinstance(c, GatedCell) and c.mask_seed is not None]
