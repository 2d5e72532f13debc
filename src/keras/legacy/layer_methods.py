"""Methods that layers had from 0.x to tf.keras."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from types import ModuleType

from keras import ops
from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax.variable import Variable
from keras.layers._base.shapes import is_shape
from keras.layers._call import context
from keras.legacy import era, report, tensors
from keras.legacy.wrapping import wrap


def teach(module: ModuleType) -> None:
    """Gives the classes of `keras.layers` their older methods."""
    for name, function in _OF_LAYERS.items():
        if not hasattr(module.Layer, name) or name == "add_metric":
            setattr(module.Layer, name, function)
    module.Layer.get_input = importlib.import_module("keras.legacy.release_0").get_input_of(get_input)
    for method, names in (("call", {"inputs", "x", "mask"}), ("compute_output_shape", {"input_shape"})):
        # the base class takes whatever a class of one's own names
        getattr(module.Layer, method).__keras_legacy_arguments__ = names
    importlib.import_module("keras.legacy.masks").teach(module)
    importlib.import_module("keras.legacy.graph_attributes").teach()
    importlib.import_module("keras.legacy.renaming").teach(module)
    public = [thing for thing in vars(module).values() if isinstance(thing, type)]
    for cls in dict.fromkeys(base for thing in public for base in thing.__mro__ if issubclass(base, module.Layer)):
        _teach_masks(cls)
        _teach_states(cls)
        _teach_adapting(cls)
        teach_shapes(cls)
    teach_shapes(next(cls for cls in module.Layer.__mro__ if "compute_output_shape" in vars(cls)))
    wrap(module.Layer, "compute_mask", _compute_mask)
    wrap(module.Add.__mro__[1], "_checked_shapes", _two_or_more)
    _teach_recurrent(module)
    for name in ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D"):
        getattr(module, name).convolution_op = _convolution_op
    for name in ("SeparableConv1D", "SeparableConv2D"):
        getattr(module, name).convolution_op = _separable_op
    for name in ("IntegerLookup", "StringLookup"):
        getattr(module, name).vocab_size = lambda self: self.vocabulary_size()
    module.SpectralNormalization.normalize_weights = _normalize_weights


def teach_shapes(cls: type) -> None:
    """Lets `compute_output_shape` of a class return shapes as tf.keras had them, with `as_list()`."""
    if "compute_output_shape" in vars(cls):
        wrap(cls, "compute_output_shape", _shapes_of_tensorflow)


def _shapes_of_tensorflow(function: Callable, self, *args, **kwargs):
    found = function(self, *args, **kwargs)
    return _with_methods(found) if era.of_tf_keras() else found


def _with_methods(shapes):
    if isinstance(shapes, dict):
        return {name: _with_methods(shape) for name, shape in shapes.items()}
    if type(shapes) is tuple and is_shape(shapes):
        return tensors.shown(shapes)
    return type(shapes)(map(_with_methods, shapes)) if type(shapes) in (list, tuple) else shapes


def _compute_mask(function: Callable, self, *args, **kwargs):
    """`Layer.compute_mask`, whose result before 3 was None in layers that do not support masking."""
    return None if not self.supports_masking and era.before("3") else function(self, *args, **kwargs)


def _two_or_more(function: Callable, self, input_shape):
    """The shapes that a merging layer gets: before tf.keras, a single one was an error."""
    found = function(self, input_shape)
    if len(found) < 2 and era.before("tf2.0"):
        raise ValueError(f"{self.name} takes a list of at least two tensors. Got one.")
    return found


# --- 0.x: a layer knew the one before it


def get_output(self, train=False):
    """The output, symbolic if the input is; as it is in training if `train`."""
    if _has_values(self):
        return _output_of(self, vars(self)["_placeholder"], train)
    return self.output if not train else _in_training(self.output)


def _has_values(layer) -> bool:
    """Whether the input that was set holds values, a variable for example, so that there is no graph."""
    given = vars(layer).get("_placeholder")
    return not layer._inbound_nodes and given is not None and not isinstance(given, KerasTensor)


def _output_of(layer, values, train):
    before, context.training = context.training, bool(train)
    try:
        return layer(ops.convert_to_tensor(values))
    finally:
        context.training = before


def get_input(self, train=False):
    """The symbolic input; as it is in training if `train`."""
    return self.input if not train else _in_training(self.input)


def _in_training(x: KerasTensor) -> KerasTensor:
    graph = importlib.import_module("keras.legacy.backend._graph")
    inputs = importlib.import_module("keras.utils").get_source_inputs(x)

    def run(*values):
        before, context.training = context.training, True
        try:
            return graph.run([x], inputs, list(values))[0]
        finally:
            context.training = before

    return graph.add_node(run, tuple(inputs), {}, KerasTensor(x.shape, x.dtype))


def get_input_mask(self, train=False):
    """The mask of the input; that of training is the same."""
    return self.input_mask


def get_output_mask(self, train=None):
    """The mask of the output; that of training is the same."""
    return None if _has_values(self) else self.output_mask


def supports_masked_input(self):
    """Whether the layer takes inputs with a mask."""
    return self.supports_masking


def set_previous(self, layer, connection_map=None, reset_weights=True):
    """Calls the layer on the output of another one, as 0.x connected layers.

    Args:
        layer: the other one.
        connection_map: must be empty: a layer has one output to be connected with.
        reset_weights: whether weights are made anew if the layer had been connected before.
    """
    if connection_map:
        raise ValueError(f"{self.name}.set_previous: `connection_map` must be empty. Call the layer on tensors.")
    clear_previous(self, reset_weights)
    self(layer.output)


def clear_previous(self, reset_weights=True):
    """Forgets the calls of the layer, and its weights too if `reset_weights`."""
    self._inbound_nodes.clear()
    if reset_weights and self.built:
        for name in [name for name, value in vars(self).items() if isinstance(value, Variable)]:
            delattr(self, name)
        self._variables.clear()
        self._to_train.clear()
        self.built = False


def set_input(self, input_tensor, shape=None):
    """Calls the layer on a tensor, as 1.0 began a graph.

    Args:
        input_tensor: a symbolic tensor, or a variable with values; `layer.output` has values then.
        shape: its batch shape, which it must have.
    """
    if shape is not None and tuple(shape) != tuple(input_tensor.shape):
        raise ValueError(f"{self.name}.set_input: `shape` is {tuple(shape)}. The tensor has {input_tensor.shape}.")
    if isinstance(input_tensor, KerasTensor):
        self(input_tensor)
    else:
        vars(self)["_placeholder"] = input_tensor
        vars(self)["_values_now"] = _output_of(self, input_tensor, False)


# --- 1.x: nodes


def add_inbound_node(self, inbound_layers, node_indices=None, tensor_indices=None):
    """Calls the layer on outputs of other layers.

    Args:
        inbound_layers: a layer or a list of them.
        node_indices, tensor_indices: which calls, and which of their outputs, are meant; the first if None.
    """
    found = tree.leaves(inbound_layers)
    nodes = [0] * len(found) if node_indices is None else tree.leaves(node_indices)
    tensors = [0] * len(found) if tensor_indices is None else tree.leaves(tensor_indices)
    inputs = [layer._inbound_nodes[n].outputs[t] for layer, n, t in zip(found, nodes, tensors)]
    self(inputs[0] if len(inputs) == 1 else inputs)


def create_input_layer(self, batch_input_shape, input_dtype=None, name=None):
    """Begins a graph with the layer: an input of a shape, and the layer called on it."""
    layers = importlib.import_module("keras.layers")
    self(layers.Input(batch_shape=tuple(batch_input_shape), dtype=input_dtype, name=name))


# --- tf.keras


def compute_output_signature(self, input_signature):
    """Symbolic outputs for symbolic inputs, or whatever has a shape and a dtype."""
    return self.compute_output_spec(tree.map_leaves(lambda x: KerasTensor(x.shape, x.dtype), input_signature))


def finalize_state(self):
    """Nothing, but in layers that learn from data before training."""


def add_metric(self, value, name=None, aggregation=None):
    """Shows the mean of a value beside the other metrics of a run; meant for use inside `call`.

    The result of a metric that is an attribute of the layer is shown by that metric, under its name.

    Args:
        value: a tensor; its mean over its elements, and over the batches of an epoch, is shown.
        name: the name in the logs.
        aggregation: 'mean', or None, which is the same.
    """
    if aggregation not in (None, "mean"):
        raise ValueError(f"{self.name}.add_metric: `aggregation` must be 'mean' or None. Got {aggregation!r}.")
    if importlib.import_module("keras.legacy.identifiers").metric_of(value, self.metrics) is not None:
        return
    if name is None:
        raise ValueError(f"{self.name}.add_metric: give the value a `name`: add_metric(value, name='mean_length').")
    report.note("Layer.add_metric", "add_metric", "compile(metrics=[...])")
    known = vars(self).get("_shown_values", {})
    if name not in known:
        self._shown_values = {**known, name: importlib.import_module("keras.metrics").Mean(name=name)}
    metric = self._shown_values[name]
    if not isinstance(value, KerasTensor):
        metric.update_state(value)
    elif getattr(self, "_graph", None) is None:
        raise ValueError(
            f"{self.name}.add_metric: symbolic tensors can be shown by models made of such tensors alone.\n"
            "  Add it to the model, or call `self.add_metric` within `call`."
        )
    else:
        graph = importlib.import_module("keras.legacy.added").GraphWithLosses
        self._graph = graph(self._graph, [], [(value, metric)])
        self._members = self._graph.layers


_OF_LAYERS: dict[str, Callable] = {
    "get_output": get_output, "get_input": get_input, "get_input_mask": get_input_mask,
    "get_output_mask": get_output_mask, "supports_masked_input": supports_masked_input, "set_previous": set_previous,
    "clear_previous": clear_previous, "set_input": set_input, "add_inbound_node": add_inbound_node,
    "create_input_layer": create_input_layer, "compute_output_signature": compute_output_signature,
    "finalize_state": finalize_state, "add_metric": add_metric,
}  # fmt: skip


# --- older names of arguments


def _renamed(cls: type, method: str, names: dict[str, str], further: Callable | None = None) -> None:
    """Lets a method that a class defines itself take arguments by older names; `further` gets the rest first."""
    function = vars(cls).get(method)
    if function is None or hasattr(function, "__keras_legacy_arguments__"):
        return

    @functools.wraps(function)
    def older(self, *args, **kwargs):
        for old, today in names.items():
            if old in kwargs and today not in kwargs:
                kwargs[today] = kwargs.pop(old)
        if further is not None:
            args, kwargs = further(self, args, kwargs)
        return function(self, *args, **kwargs)

    older.__keras_legacy_arguments__ = set(names)
    setattr(cls, method, older)


def _teach_masks(cls: type) -> None:
    """`compute_mask(input, input_mask)` in 1.x, `compute_mask(inputs, mask=None)` in 2.x."""
    function = vars(cls).get("compute_mask")
    if function is None:
        return
    second = "previous_mask" if "previous_mask" in function.__code__.co_varnames else "mask"

    def filled(self, args, kwargs):
        if len(args) < 2 and second not in kwargs:
            kwargs[second] = None
        return args, kwargs

    names = {"input": "inputs", "input_mask": second, "mask": second, "x": "inputs"}
    _renamed(cls, "compute_mask", {old: today for old, today in names.items() if old != today}, filled)


def _teach_states(cls: type) -> None:
    """`get_initial_state(inputs)` in 2.x, `get_initial_state(inputs=None, batch_size=None, dtype=None)` of cells."""

    def filled(self, args, kwargs):
        inputs = kwargs.pop("inputs", None)
        dtype = kwargs.pop("dtype", None)
        if dtype is not None and str(dtype) != self.compute_dtype:
            raise ValueError(f"{self.name}: its states have dtype {self.compute_dtype}. Got `dtype` {dtype!r}.")
        if inputs is None and args and hasattr(args[0], "shape") and len(args[0].shape) > 0:
            inputs, args = args[0], args[1:]
        if inputs is not None:
            kwargs["batch_size"] = inputs.shape[0]
        return args, kwargs

    _renamed(cls, "get_initial_state", {}, filled)
    if "get_initial_state" in vars(cls):
        vars(cls)["get_initial_state"].__keras_legacy_arguments__ = {"inputs", "dtype"}


# --- recurrent layers


def _teach_recurrent(module: ModuleType) -> None:
    cell = module.SimpleRNNCell.__mro__[1]
    calls = importlib.import_module("keras.legacy.recurrent_calls")
    takes_constants = {module.RNN: calls.keep, module.Bidirectional: calls.hand_on}
    for cls in (module.RNN, module.Bidirectional, module.StackedRNNCells, module.SimpleRNNCell, cell):
        if "call" not in vars(cls):
            continue
        first = vars(cls)["call"].__code__.co_varnames[1]
        further = takes_constants.get(cls, _refuse_constants)
        _renamed(cls, "call", {} if first == "inputs" else {"inputs": first}, further)
        vars(cls)["call"].__keras_legacy_arguments__ = {"inputs", "constants"}
    importlib.import_module("keras.legacy.stepping").teach(module)
    calls.teach(module)
    for name in ("conv_step", "conv_step_hidden", "input_conv", "recurrent_conv"):
        setattr(module.ConvLSTM2D, name, globals()[f"_{name}"])
    for name, function in _OF_CELLS.items():
        setattr(cell, name, function)
        setattr(module.RNN, name, _of_cell(name))


def _refuse_constants(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """`constants` are handed on by `RNN` alone."""
    if kwargs.pop("constants", None) is not None:
        raise ValueError(f"{self.name}: `constants` must be None. keras.layers.RNN(cell)(x, constants=...) takes them.")
    return args, kwargs


def _get_dropout_mask_for_cell(self, inputs, training, count=1):
    """What the inputs are multiplied with: the same at all steps of a sequence; None outside of training."""
    if not self.dropout or not training:
        return None
    masks = [self._mask(self.dropout, tuple(inputs.shape[-2:])) for _ in range(count)]
    return masks[0] if count == 1 else masks


def _get_recurrent_dropout_mask_for_cell(self, inputs, training, count=1):
    """What the output that goes back is multiplied with: the same at all steps; None outside of training."""
    if not self.recurrent_dropout or not training:
        return None
    masks = [self.recurrent_mask(inputs.shape[0], training) for _ in range(count)]
    return masks[0] if count == 1 else masks


def _reset_dropout_mask(self):
    """Nothing: masks are drawn anew for each sequence."""


_OF_CELLS = {
    "get_dropout_mask_for_cell": _get_dropout_mask_for_cell,
    "get_recurrent_dropout_mask_for_cell": _get_recurrent_dropout_mask_for_cell,
    "reset_dropout_mask": _reset_dropout_mask,
    "reset_recurrent_dropout_mask": _reset_dropout_mask,
}


def _of_cell(name: str) -> Callable:
    function = _OF_CELLS[name]

    @functools.wraps(function)
    def method(self, *args, **kwargs):
        return getattr(self.cell, name)(*args, **kwargs)

    return method


def _input_conv(self, x, w, b=None, padding="valid"):
    """The convolution of the inputs of a step."""
    y = ops.conv(x, w, self.strides, padding, self.data_format, self.dilation_rate)
    if b is None:
        return y
    return importlib.import_module("keras.legacy.backend._nn").bias_add(y, b, self.data_format)


def _recurrent_conv(self, x, w):
    """The convolution of the output of the step before."""
    return ops.conv(x, w, 1, "same", self.data_format)


def _conv_step(self, x, W, b=None, border_mode="valid"):
    """`input_conv`, as 1.x called it."""
    return _input_conv(self, x, W, b, border_mode)


def _conv_step_hidden(self, x, W, border_mode="valid"):
    """`recurrent_conv`, as 1.x called it."""
    return ops.conv(x, W, 1, border_mode, self.data_format)


# --- convolutions and layers that learn before training


def _convolution_op(self, inputs, kernel):
    """What the layer computes with another kernel, without bias and activation."""
    own = [name for name in ("kernel", "depthwise_kernel") if hasattr(self, name)]
    if not own:
        raise ValueError(f"{self.name}.convolution_op: call the layer on data first.")
    other = {own[0]: ops.convert_to_tensor(kernel), "bias": None, "activation": lambda x: x, "use_bias": False}
    kept = {name: vars(self)[name] for name in other if name in vars(self)}
    # for this call alone, and unseen by those who watch for changes of the layer
    vars(self).update(other)
    try:
        return self.call(inputs)
    finally:
        vars(self).update(kept)


def _separable_op(self, inputs, kernel=None):
    """Not possible: two kernels belong together here."""
    raise ValueError(f"{self.name}.convolution_op: it has two kernels. Call the layer, or keras.ops.separable_conv.")


def _teach_adapting(cls: type) -> None:
    """`adapt(data, batch_size, steps)`, `compile` and `make_adapt_function` of tf.keras."""
    function = vars(cls).get("adapt")
    if function is None:
        return
    cls.compile = _compile_adapting
    cls.make_adapt_function = _make_adapt_function
    taken = function.__code__.co_varnames[: function.__code__.co_argcount]
    if {"batch_size", "steps"} <= set(taken):
        return

    @functools.wraps(function)
    def adapt(self, data, batch_size=None, steps=None):
        text = importlib.import_module("keras.layers._text")
        if None not in (steps, batch_size) and not text.yields_batches(data):
            data, steps = data[: steps * batch_size], None
        if batch_size is None and (steps is None or "steps" in taken):
            return function(self, data, **({} if steps is None else {"steps": steps}))
        self.reset_state()
        for batch in text.batches_of(data, f"{self.name}.adapt", batch_size=batch_size, steps=steps):
            self.update_state(batch)
        return self.finalize_state()

    adapt.__keras_legacy_arguments__ = {"batch_size", "steps"}  # type: ignore[attr-defined]
    cls.adapt = adapt


def _compile_adapting(self, run_eagerly=None, steps_per_execution=None):
    """How `adapt` runs: on the host, batch by batch, whatever is asked for.

    Args:
        run_eagerly: True and False are the same: nothing of it is compiled.
        steps_per_execution: must be 1 or None.
    """
    if run_eagerly not in (None, True, False):
        raise ValueError(f"{self.name}.compile: `run_eagerly` must be a boolean. Got {run_eagerly!r}.")
    if steps_per_execution not in (None, 1):
        raise ValueError(f"{self.name}.compile: adapt() takes one batch at a time. Got {steps_per_execution!r}.")


def _make_adapt_function(self):
    """A function that takes an iterator of batches and adds the next one."""

    def adapt_step(iterator):
        self.update_state(next(iterator))

    return adapt_step


def _normalize_weights(self):
    """Makes the largest singular value of the layer's kernel one, as far as it is known, as a step of training does."""
    u, kernel = self.normalized_weights()
    self.vector_u.assign(u)
    self.kernel.assign(kernel)
