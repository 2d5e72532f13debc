"""Recurrent layers step by step, as classes derived from them and layers around them used them until 2.0.

`preprocess_input(x)` is done once for all steps, `get_constants(x)` gives what every step gets behind its states, and
`step(x, states)` returns an output and the new states. Layers of today run over all steps at once; one whose class
defines any of the three goes step by step.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras import ops
from keras._core import tree
from keras._core.signature import takes
from keras.layers._gated_rnn import GatedRNN
from keras.legacy import era
from keras.legacy.backend._control import rnn
from keras.legacy.further_names import further_names
from keras.legacy.initializations import initialization
from keras.legacy.wrapping import wrap

# 'cpu' made the products with the inputs of all steps in advance, as `implementation=0` did in 2.0
_IN_ADVANCE, _AT_ONCE = 0, 2
_CONSUME_LESS = {0: "cpu", 1: "mem", 2: "gpu"}


def teach(module: ModuleType) -> None:
    """Gives recurrent layers the methods and attributes that programs until 2.0 used."""
    for name, function in _OF_RECURRENT.items():
        setattr(module.RNN, name, function)
    for name, attribute in _OF_GATED.items():
        setattr(GatedRNN, name, attribute)
    _keep_implementation()
    wrap(module.RNN, "reset_states", _reset_states)
    subclass = module.RNN.__init_subclass__.__func__

    def __init_subclass__(cls, **kwargs):
        subclass(cls, **kwargs)
        if {"step", "get_constants", "preprocess_input", "get_initial_states"} & vars(cls).keys():
            cls.inner_loop = _by_steps

    module.RNN.__init_subclass__ = classmethod(__init_subclass__)
    for cls in (module.LSTM, module.GRU, module.SimpleRNN):
        for name, attribute in _parts(cls).items():
            setattr(cls, name, attribute)


def _reset_states(function: Callable, self, *args, **kwargs) -> None:
    """`RNN.reset_states`, which until 3 was an error where there are no states to be reset."""
    if era.before("3") and not self.stateful:
        raise (AssertionError if era.before("2.0") else AttributeError)(
            f"{self.name} is not stateful, so it keeps no states."
        )
    function(self, *args, **kwargs)


def _keep_implementation() -> None:
    init = GatedRNN.__init__

    @functools.wraps(init)
    def __init__(self, *args, **kwargs):
        object.__setattr__(self, "_arrangement", kwargs.get("implementation", _IN_ADVANCE))
        init(self, *args, **kwargs)

    GatedRNN.__init__ = __init__


def _by_steps(self, sequences, initial_state, mask, training=False):
    """`RNN.inner_loop` for a class with methods of its own."""

    def told(method):
        return method(sequences, **({"training": training} if takes(method, "training") else {}))

    constants, steps = told(self.get_constants), told(self.preprocess_input)
    last, outputs, states = rnn(
        self.step, steps, tree.leaves(initial_state), self.go_backwards, mask, constants, unroll=self.unroll,
        input_length=sequences.shape[1],
    )  # fmt: skip
    return last, outputs if self.return_sequences else last[:, None], tree.pack_like(self.state_size, states)


# --- layers that are given a cell


def _step(self, x, states):
    """One step: the output and the new states."""
    output, new = self.cell(x, list(states))
    return output, list(new)


def _preprocess_input(self, x, training=None):
    """The inputs as they are."""
    return x


def _get_constants(self, x, training=None):
    """Nothing: masks of dropout are drawn when the layer runs."""
    return []


def _get_initial_states(self, x):
    """The states before the first step."""
    return tree.leaves(self.get_initial_state(x.shape[0]))


_OF_RECURRENT = {
    "step": further_names("inputs", "h")(_step),
    "preprocess_input": further_names("inputs")(_preprocess_input),
    "get_constants": further_names("inputs", "X")(_get_constants),
    "get_initial_states": further_names("X")(_get_initial_states),
}


# --- LSTM, GRU and SimpleRNN


def _gated_step(self, x, states):
    """One step on what `preprocess_input` gave: the output and the new states; behind the states come the masks."""
    count = len(tree.leaves(self.state_size))
    back, forth = states[count : count + 2]
    if self.implementation != _IN_ADVANCE:
        x = self.cell.projected(x * forth[0], False)
    new = self.cell.step(x, list(states[:count]), None if isinstance(back[0], float) else back[0])
    return new[0], list(new)


def _gated_preprocess_input(self, x, training=None):
    """The products of the inputs of all steps with the kernel, if they are to be made in advance."""
    return self.cell.projected(x, training) if self.implementation == _IN_ADVANCE else x


def _gated_constants(self, x, training=None):
    """What outputs that go back are multiplied with, and what inputs are: one factor for each gate."""
    cell = self.cell
    back = cell.recurrent_mask(x.shape[0], training)
    forth = cell._mask(cell.dropout, (x.shape[0], x.shape[-1])) if training and cell.dropout else None
    return [[1.0 if mask is None else mask] * cell.gates for mask in (back, forth)]


def _same(today: str, text: str) -> property:
    return property(lambda self: getattr(self, today), doc=text)


_OF_GATED: dict[str, Any] = {
    "step": further_names("inputs", "h")(_gated_step),
    "preprocess_input": further_names("inputs")(_gated_preprocess_input),
    "get_constants": further_names("inputs", "X")(_gated_constants),
    "implementation": property(lambda self: self._arrangement, doc="How the products are arranged: 0, 1 or 2."),
    "consume_less": property(lambda self: _CONSUME_LESS[self._arrangement], doc="`implementation`, as 1.x called it."),
    "output_dim": _same("units", "`units`, as 1.x called it."),
    "init": property(lambda self: initialization(self.kernel_initializer), doc="A function that makes a variable."),
    "inner_init": property(
        lambda self: initialization(self.recurrent_initializer), doc="A function that makes a variable."
    ),
    "inner_activation": property(lambda self: self.cell.recurrent_activation, doc="The activation of the gates."),
    "dropout_W": _same("dropout", "`dropout`, as 1.x called it."),
    "dropout_U": _same("recurrent_dropout", "`recurrent_dropout`, as 1.x called it."),
    "kernel": property(lambda self: self.cell.kernel, doc="The kernel of the cell."),
    "recurrent_kernel": property(lambda self: self.cell.recurrent_kernel, doc="The recurrent kernel of the cell."),
    "bias": property(lambda self: self.cell.bias, doc="The bias of the cell."),
    "W": property(lambda self: self.cell.kernel, doc="The kernel, as 1.x called it."),
    "U": property(lambda self: self.cell.recurrent_kernel, doc="The recurrent kernel, as 1.x called it."),
    "b": property(lambda self: self.cell.bias, doc="The bias, as 1.x called it."),
}

# gates in the order in which they lie in the kernels
_GATES = {"LSTM": "ifco", "GRU": "zrh", "SimpleRNN": ""}
_MATRICES = {"kernel": "W", "recurrent_kernel": "U", "bias": "b"}


def _parts(cls: type) -> dict[str, property]:
    """`W_i`, `kernel_i` and their kin: the part of a kernel that belongs to one gate."""
    found = {}
    for place, gate in enumerate(_GATES[cls.__name__]):
        for matrix, older in _MATRICES.items():
            part = _part(matrix, place)
            found |= {f"{matrix}_{gate}": part, f"{older}_{gate}": part}
    return found


def _part(matrix: str, place: int) -> property:
    def part(self):
        whole = getattr(self.cell, matrix)
        if whole is None:
            return None
        return ops.convert_to_tensor(whole)[..., place * self.units : (place + 1) * self.units]

    return property(part, doc=f"The part of `{matrix}` that belongs to one gate.")
