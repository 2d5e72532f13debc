"""Recurrent layers: a cell applied to one time step after the other."""

from __future__ import annotations

from typing import Any

from keras import ops
from keras._core import tree
from keras._jax.kernels import recurrent
from keras._jax.variable import Variable
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer
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
            cell = StackedRNNCells(list(cell))
        if not hasattr(cell, "call") or not hasattr(cell, "state_size"):
            raise ValueError(
                f"{type(self).__name__}: `cell` needs a `call` method and a `state_size`. Got {cell!r}."
            )
        self.cell = cell
        self.return_sequences = bool(return_sequences)
        self.return_state = bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.stateful = bool(stateful)
        self.unroll = bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        self.supports_masking = True
        self.states: list[Variable] | None = None

    # --- shapes

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        sequences_shape = _first_shape_of(sequences_shape)
        batch, steps = sequences_shape[0], sequences_shape[1]
        output = getattr(self.cell, "output_size", None)
        output = tree.leaves(self.cell.state_size)[0] if output is None else output
        output = (output,) if isinstance(output, int) else tuple(output)
        shape = (batch, steps, *output) if self.return_sequences else (batch, *output)
        if not self.return_state:
            return shape
        return [shape, *((batch, *_dims(s)) for s in tree.leaves(self.cell.state_size))]

    def compute_mask(self, inputs, previous_mask):
        mask = previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask
        mask = mask if self.return_sequences else None
        if not self.return_state:
            return mask
        return [mask, *(None for _ in tree.leaves(self.cell.state_size))]

    # --- building and states

    def build(self, sequences_shape, initial_state_shape=None):
        shape = _first_shape_of(sequences_shape)
        if len(shape) < 3:
            raise ValueError(
                f"{self.name} takes sequences with at least 3 axes: (batch, time, features). Got shape {shape}.\n"
                "  For one feature per time step, pass x[:, :, None]."
            )
        self.input_spec = InputSpec(min_ndim=3) if not self.input_spec else self.input_spec
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((shape[0], *shape[2:]))
        if self.stateful and self.states is None:
            self._make_states(shape[0])

    def _make_states(self, batch_size: int | None) -> None:
        if batch_size is None:
            raise ValueError(
                f"{self.name} is stateful, so it needs a fixed batch size.\n"
                "  Give the model's input one: keras.Input(batch_shape=(batch, time, features)), or\n"
                "  batch_input_shape=(batch, time, features) on the first layer."
            )
        first = tree.leaves(self.get_initial_state(batch_size))
        self.states = [
            Variable(s, trainable=False, autocast=False, dtype=self.compute_dtype, name=f"state_{i}")
            for i, s in enumerate(first)
        ]

    def _own_variables(self):
        # states come and go with the data; they are no weights
        states = {id(s) for s in self.states or ()}
        return [v for v in super()._own_variables() if id(v) not in states]

    def _seed_variables(self):
        return [*super()._seed_variables(), *(self.states or ())]

    def get_initial_state(self, batch_size):
        """States of zeros, or what the cell says states start as."""
        if hasattr(self.cell, "get_initial_state"):
            return tree.leaves(self.cell.get_initial_state(batch_size=batch_size))
        return [ops.zeros((batch_size, *_dims(s)), dtype=self.compute_dtype) for s in tree.leaves(self.cell.state_size)]

    def reset_state(self):
        """Sets the states of a stateful layer back to their start."""
        self.reset_states()

    def reset_states(self, states=None):
        """Sets the states of a stateful layer: to their start, or to arrays.

        Raises:
            AttributeError: the layer is not stateful.
        """
        if not self.stateful:
            raise AttributeError(f"{self.name} is not stateful, so it has no states to reset.")
        if self.states is None:
            return
        if states is None:
            states = tree.leaves(self.get_initial_state(self.states[0].shape[0]))
        states = states if isinstance(states, (list, tuple)) else [states]
        if len(states) != len(self.states):
            raise ValueError(f"{self.name} has {len(self.states)} states. reset_states() got {len(states)}.")
        for variable, value in zip(self.states, states):
            variable.assign(value)

    # --- the computation

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if isinstance(sequences, (list, tuple)):  # [x, state, ...], as earlier releases passed states
            sequences, initial_state = sequences[0], list(sequences[1:]) or initial_state
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        given = initial_state is not None
        if given:
            states = tree.leaves(initial_state)
            if len(states) != len(tree.leaves(self.cell.state_size)):
                raise ValueError(
                    f"{self.name} has {len(tree.leaves(self.cell.state_size))} states. `initial_state` has {len(states)}."
                )
        elif self.stateful:
            if sequences.shape[0] != self.states[0].shape[0]:
                raise ValueError(
                    f"{self.name} is stateful with batch size {self.states[0].shape[0]}. Got a batch of "
                    f"{sequences.shape[0]}.\n  Pass batch_size={self.states[0].shape[0]}, and data of a multiple of it."
                )
            states = [s.value for s in self.states]
        else:
            states = tree.leaves(self.get_initial_state(sequences.shape[0]))
        states = [ops.cast(s, self.compute_dtype) for s in states]
        x = ops.swapaxes(sequences, 0, 1)  # (batch, time, ...) -> (time, batch, ...)
        mask = None if mask is None else ops.swapaxes(ops.cast(mask, "bool"), 0, 1)
        if self.go_backwards:
            x = ops.flip(x, axis=0)
            mask = None if mask is None else ops.flip(mask, axis=0)
        outputs, last, states = self.inner_loop(x, states, mask, training, given or self.stateful)
        if self.stateful:
            for variable, value in zip(self.states, states):
                variable.assign(value)
        output = ops.swapaxes(outputs, 0, 1) if self.return_sequences else last
        return (output, *states) if self.return_state else output

    def inner_loop(self, x, states, mask, training, warm):
        """Outputs of all time steps, the last one, and the last states, for inputs with time first.

        Args:
            warm: whether the states may start as something else than zeros.
        """
        run = getattr(self.cell, "run", None)
        if run is not None and not self.unroll:
            outputs, states = run(x, states, mask, training)
            last = outputs[-1]
            if mask is not None:
                outputs, last = self._shown(outputs, last, mask, warm)
            return outputs, last, states
        self._forget_masks()
        structure = self.cell.state_size

        def cell(x, states):
            output, new = self.cell(x, _as_states(structure, states), training=training) if _takes_training(
                self.cell
            ) else self.cell(x, _as_states(structure, states))
            return output, tree.leaves(new)

        outputs, last, states = recurrent.any_cell(cell, x, states, mask, self.zero_output_for_mask, self.unroll)
        return outputs, last, states

    def _shown(self, outputs, last, mask, warm):
        """Outputs with what a masked step shows: the former output, or zeros where there is none or they are asked for."""
        if self.zero_output_for_mask and self.return_sequences:
            outputs = ops.where(ops.expand_dims(mask, -1), outputs, ops.zeros_like(outputs))
        elif warm:  # a state that came from outside is no output of this sequence
            seen = ops.cumsum(ops.cast(mask, "int32"), axis=0) > 0
            outputs = ops.where(ops.expand_dims(seen, -1), outputs, ops.zeros_like(outputs))
            last = outputs[-1]
        return outputs, last

    def _forget_masks(self) -> None:
        """Lets cells draw new dropout masks."""
        for layer in self.cell._flatten_layers() if isinstance(self.cell, Layer) else ():
            if hasattr(layer, "forget_masks"):
                layer.forget_masks()


def _takes_training(cell: Any) -> bool:
    return isinstance(cell, Layer)


def _as_states(structure: Any, states: list) -> list:
    return list(states)


def _dims(size: Any) -> tuple:
    return (size,) if isinstance(size, int) else tuple(size)


def _first_shape_of(shape: Any) -> tuple:
    return shape[0] if isinstance(shape, list) or (shape and isinstance(shape[0], (list, tuple))) else shape
