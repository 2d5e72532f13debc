"""Ways to call a recurrent layer that 2.x and tf.keras had: states in a list behind the inputs, `constants`, which the
cell gets at every step beside inputs and states, and `time_major`, where the steps come before the batch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras import ops
from keras._core import registry, tree
from keras.layers._call import signature_of
from keras.layers._layer import Layer
from keras.layers._recurrent_cells import as_list
from keras.legacy import era
from keras.legacy.wrapping import wrap


class _Knowing:
    """A cell with constants, which it hands to the cell inside. No layer: the weights belong to the one inside."""

    runs_whole = False

    def __init__(self, cell: Any, constants: list):
        self.cell = cell
        self.constants = constants
        self.state_size = cell.state_size
        self.output_size = getattr(cell, "output_size", None)

    def call(self, inputs, states):
        return self.cell(inputs, states, constants=self.constants)


def teach(module: ModuleType) -> None:
    """Lets `RNN` take `constants`."""
    RNN = module.RNN
    inner_loop, build_once, call = RNN.inner_loop, RNN._build_once, RNN.__call__

    @functools.wraps(call)
    def __call__(self, inputs, *args, **kwargs):
        if "_constants_next" in vars(self):
            kwargs["constants"] = vars(self).pop("_constants_next")
        inputs, kwargs = _with_constants(self, inputs, kwargs)
        inputs, kwargs = _with_states(inputs, args, kwargs)
        return _listed(call(self, inputs, *args, **kwargs))

    def _build_once(self, arguments):
        _build_cells([self], arguments)
        given = {name: value for name, value in arguments.items() if name != "constants"}
        build_once(self, _with_sequences(self, given))

    def inner_loop_with_constants(self, sequences, initial_state, mask, training=False):
        constants = vars(self).pop("_constants_now", None)
        if constants is None:
            return inner_loop(self, sequences, initial_state, mask, training)
        cell = self.cell
        object.__setattr__(self, "cell", _Knowing(cell, constants))
        try:
            return inner_loop(self, sequences, initial_state, mask, training)
        finally:
            object.__setattr__(self, "cell", cell)

    both_ways, build_both = module.Bidirectional.__call__, module.Bidirectional._build_once

    def _build_both(self, arguments):
        _build_cells([self.forward_layer, self.backward_layer], arguments)
        build_both(self, {name: value for name, value in arguments.items() if name != "constants"})

    @functools.wraps(both_ways)
    def call_both_ways(self, inputs, *args, **kwargs):
        inputs, kwargs = _with_constants(self, inputs, kwargs)
        inputs, kwargs = _with_states(inputs, args, kwargs)
        return _listed(both_ways(self, inputs, *args, **kwargs))

    for cls in (RNN, module.Bidirectional):
        wrap(cls, "get_build_config", _unless_with_constants)
        cls.from_config = classmethod(_told_of_constants(cls.from_config.__func__))
    wrap(module.Bidirectional, "get_config", _telling_of_constants)
    module.Bidirectional.__call__ = call_both_ways
    module.Bidirectional._build_once = _build_both
    RNN.call = _swapping(RNN.call)
    RNN.get_config = _telling(RNN.get_config)
    RNN.__call__ = __call__
    RNN._build_once = _build_once
    wrap(RNN, "compute_output_spec", _compute_output_spec)
    RNN.inner_loop = inner_loop_with_constants


def _with_sequences(layer: Any, arguments: dict) -> dict:
    """Arguments of `call` whose first is `sequences`: a derived class may call it `inputs`, as ours did until 3."""
    first = signature_of(type(layer)).first
    return {"sequences" if name == first else name: value for name, value in arguments.items()}


def _compute_output_spec(function: Callable, self, *args, **kwargs):
    signature = signature_of(type(self))
    if signature.first == "sequences":
        return function(self, *args, **kwargs)
    return function(self, **_with_sequences(self, {**dict(zip(signature.positional, args)), **kwargs}))


def _unless_with_constants(function: Callable, self) -> dict | None:
    """What is known of shapes before the constants are is too little for a cell: the call in the graph builds it."""
    return None if vars(self).get("_num_constants") else function(self)


def _with_constants(layer: Any, inputs: Any, kwargs: dict) -> tuple[Any, dict]:
    """The constants by name: 2.x also took them behind sequences and states, `layer([x, state, constant])`."""
    count = vars(layer).get("_num_constants", 0)
    if kwargs.get("constants") is not None:
        object.__setattr__(layer, "_num_constants", len(as_list(kwargs["constants"])))
    elif count and isinstance(inputs, (list, tuple)) and len(inputs) > count:
        states = list(inputs[1:-count])
        kwargs = {**kwargs, "constants": list(inputs[-count:]), **({"initial_state": states} if states else {})}
        inputs = inputs[0]
    return inputs, kwargs


def _telling_of_constants(function: Callable, self) -> dict:
    """A config that has the number of constants, as before 3."""
    found, count = function(self), vars(self).get("_num_constants")
    return {**found, "num_constants": count} if count and era.before("3") else found


def _told_of_constants(function: Callable) -> Callable:
    @functools.wraps(function)
    def from_config(cls, config, custom_objects=None):
        count = config.get("num_constants")
        with registry.object_scope(custom_objects or {}):
            made = function(cls, {k: v for k, v in config.items() if k != "num_constants"})
        if count:
            object.__setattr__(made, "_num_constants", count)
        return made

    return from_config


def _build_cells(layers: list[Any], arguments: dict) -> None:
    """Builds the cells of layers that are called with constants, whose shapes a cell is built for too."""
    constants = arguments.get("constants")
    if constants is None:
        return
    first = next(iter(arguments.values())).shape
    for layer in layers:
        if isinstance(layer.cell, Layer) and not layer.cell.built:
            layer.cell.build([(first[0], *first[2:]), *(tuple(c.shape) for c in as_list(constants))])
            layer.cell.built = True


def _with_states(inputs: Any, args: tuple, kwargs: dict) -> tuple[Any, dict]:
    """Sequences alone, and the states that stood behind them in a list: `layer([x, h, c])`."""
    if not isinstance(inputs, list) or len(inputs) < 2 or args or kwargs.get("initial_state") is not None:
        return inputs, kwargs
    if not all(hasattr(x, "shape") and hasattr(x, "dtype") for x in inputs):
        return inputs, kwargs
    return inputs[0], {**kwargs, "initial_state": inputs[1:]}


def _swapping(call: Any) -> Any:
    """`call` that swaps time and batch before and after, where the layer was told that time comes first."""

    @functools.wraps(call)
    def call_either_way(self, *args, **kwargs):
        args, kwargs = _in_order(args, kwargs)
        if "_time_major" not in vars(self):
            return call(self, *args, **kwargs)
        mask = kwargs.pop("mask", None)
        mask = None if mask is None else ops.swapaxes(mask, 0, 1)
        outputs = call(self, ops.swapaxes(args[0], 0, 1), *args[1:], mask=mask, **kwargs)
        if not self.return_sequences:
            return outputs
        if self.return_state:
            return (ops.swapaxes(outputs[0], 0, 1), *outputs[1:])
        return ops.swapaxes(outputs, 0, 1)

    return call_either_way


def _in_order(args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """What `call` was given, as `super().call(inputs, mask, training, initial_state)` meant it until 3."""
    if "inputs" in kwargs:
        kwargs = {"sequences" if name == "inputs" else name: value for name, value in kwargs.items()}
    if len(args) > 1 and era.before("3"):
        kwargs = {**dict(zip(("mask", "training", "initial_state", "constants"), args[1:])), **kwargs}
        args = args[:1]
    return args, kwargs


def _telling(get_config: Any) -> Any:
    @functools.wraps(get_config)
    def get_config_with_order(self):
        found = get_config(self)
        if "_time_major" in vars(self):
            found["time_major"] = True
        return _telling_of_constants(lambda _: found, self)

    return get_config_with_order


def _listed(outputs: Any) -> Any:
    """Outputs and states in a list, as layers returned them until Keras 3."""
    return list(outputs) if isinstance(outputs, tuple) and era.before("3") else outputs


def keep(layer: Any, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """Takes `constants` out of the arguments of `call`, for the loop that follows."""
    constants = kwargs.pop("constants", None)
    if constants is not None:
        object.__setattr__(layer, "_constants_now", tree.leaves(constants))
    return args, kwargs


def hand_on(layer: Any, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """Takes `constants` out of the arguments of `Bidirectional.call`, for the two layers that it calls next."""
    constants = kwargs.pop("constants", None)
    if constants is not None:
        for one in (layer.forward_layer, layer.backward_layer):
            object.__setattr__(one, "_constants_next", constants)
    return args, kwargs
