"""What base classes of former years offered to classes derived from them."""

from __future__ import annotations

import copy
import functools
import importlib
from collections.abc import Callable
from typing import Any

from keras import ops
from keras._core.configurable import Configurable
from keras._core.signature import parameters, takes
from keras._jax import pure
from keras._jax.variable import Variable
from keras.legacy import (
    attributes,
    era,
    listed,
    made_once,
    optimizer_lists,
    optimizer_methods,
    parts_of_calls,
    release_0,
    tensors,
    told_config,
)
from keras.legacy.loss_of_now import LossOfNow, known_values
from keras.legacy.wrapping import wrap

__all__ = ["TFOptimizer", "clip_norm", "optimizer_from_config"]


# --- layers


def teach_layer(layer: type) -> None:
    """Gives `Layer` the methods and attributes of 1.x and 2.x."""
    for name, function in _LAYER_METHODS.items():
        if not hasattr(layer, name):
            setattr(layer, name, function)
    layer.__getattr__ = attributes.older
    layer._only_node = _first_of_tensorflow(layer._only_node)
    layer._takes_place = _takes_place
    layer.dynamic = property(_dynamic, doc="Whether the layer, or one inside it, cannot be compiled.")
    layer.input = release_0.input_of(layer.input.fget)
    layer._seed_variables = listed.seed_variables(layer._seed_variables, layer._own_variables)
    layer._own_variables = listed.own_variables(layer._own_variables)
    layer.get_config = told_config.told(layer.get_config)
    layer.initial_weights = None  # classes look at the end of `build` whether the constructor was given any
    layer.input_shape = release_0.input_shape_of(layer.input_shape.fget)
    layer.trainable = layer.trainable.setter(_whole_is_frozen(layer.trainable.fset))
    tensors.teach()
    layer.losses = property(parts_of_calls.with_penalties(layer.losses.fget), doc=layer.losses.__doc__)
    layer.weights = property(listed.weights(layer.weights.fget), doc=layer.weights.__doc__)
    layer.trainable_weights = property(
        layer.trainable_weights.fget, _set_trainable_weights, doc=layer.trainable_weights.__doc__
    )
    layer.non_trainable_weights = property(
        layer.non_trainable_weights.fget, _set_non_trainable_weights, doc=layer.non_trainable_weights.__doc__
    )
    before = layer.__dict__["__init_subclass__"].__func__

    def __init_subclass__(cls, **kwargs):
        own = vars(cls)
        if "get_output_shape_for" in own and "compute_output_shape" not in own:
            cls.compute_output_shape = own["get_output_shape_for"]
        if not cls.__module__.startswith("keras."):
            release_0.adapt_layer(cls)
        if "compute_mask" in own and "supports_masking" not in own:
            cls._warns_about_masks = False
        if "compute_mask" in own and "call" in own and not cls.__module__.startswith("keras."):
            cls.call = _never_its_input(own["call"])
        before(cls, **kwargs)

    layer.__init_subclass__ = classmethod(__init_subclass__)


def _takes_place(self, name: str, value: Variable) -> bool:
    """In tf.keras a weight was replaced by assigning another variable to its attribute."""
    old = vars(self).get(name)
    if not era.of_tf_keras() or not any(v is old for v in self._variables):
        return False
    if sum(part is old for part in self._parts()) > 1:  # another attribute has it too
        return False
    for group in (self._variables, self._to_train):
        group[:] = [value if v is old else v for v in group]
    if not value.trainable:
        self._to_train[:] = [v for v in self._to_train if v is not value]
    elif not any(v is value for v in self._to_train):
        self._to_train.append(value)
    if value.trainable:
        value.trainable = self._trainable
    return True


def _dynamic(self) -> bool:
    return not all(layer.supports_jit for layer in self._flatten_layers())


def _first_of_tensorflow(only: Callable) -> Callable:
    """`input` and `output` of a layer that was called several times: in tf.keras those of the first call."""

    def only_node(self, what: str):
        return self._node(0) if era.of_tf_keras() else only(self, what)

    return only_node


def _whole_is_frozen(set_trainable: Callable) -> Callable:
    """Before 3, a layer inside a frozen one was frozen whatever was said of it later."""

    def older(self, value: bool) -> None:
        set_trainable(self, value)
        if era.before("3"):
            self._trainable_since = 0

    return older


def _never_its_input(call: Callable) -> Callable:
    """`call` that returns a tensor of its own where it returned its input, which carries the mask of the input."""

    @functools.wraps(call)
    def call_with_own_output(self, *args, **kwargs):
        outputs = call(self, *args, **kwargs)
        if args and outputs is args[0] and hasattr(outputs, "shape"):
            outputs = ops.copy(outputs)
        return outputs

    return call_with_own_output


def _set_trainable_weights(self, variables: list) -> None:
    """Layers of 1.x made variables themselves and listed them."""
    for variable in variables:
        if not any(v is variable for v in self._variables):
            self._keep(variable)
        variable.trainable = self._trainable
        listed.note(self, variable)
    listed.assign(self, variables)


def _set_non_trainable_weights(self, variables: list) -> None:
    for variable in variables:
        variable.trainable = False
        listed.note(self, variable)
        if not any(v is variable for v in self._variables):
            self._keep(variable)


def get_output_shape_for(self, input_shape):
    """`compute_output_shape`, as 1.x called it."""
    return self.compute_output_shape(input_shape)


def add_update(self, updates, inputs=None):
    """Gives variables the values that a list of pairs `(variable, value)` says."""
    for update in updates if isinstance(updates, list) else [updates]:
        apply_update(update)


def apply_update(update: Any) -> None:
    """Makes one update: a pair `(variable, value)`, or something that was made already."""
    if isinstance(update, tuple) and len(update) == 2:
        variable, value = update
        variable.assign(value)
    elif update is not None and hasattr(update, "apply_update"):
        update.apply_update()


def get_updates_for(self, inputs):
    """The updates by calls on inputs; none for None, as all are made when a layer is called."""
    return [] if inputs is None or not era.before("tf2.0") else parts_of_calls.updates(self, inputs)


def get_losses_for(self, inputs):
    """The losses that do not depend on inputs, for None: penalties on weights; else those of calls on them."""
    return self._regularization_losses() if inputs is None else self._losses or parts_of_calls.losses(self, inputs)


def get_input_mask_at(self, node_index):
    """The mask of the input of a call."""
    return _masks(self._node(node_index).input_tensors)


def get_output_mask_at(self, node_index):
    """The mask of the output of a call."""
    return _masks(self._node(node_index).outputs)


def _masks(tensors: list) -> Any:
    found = [x._keras_mask for x in tensors]
    return found[0] if len(found) == 1 else found


def set_input_shape(self, input_shape):
    """Tells a layer the batch shape of its inputs, as 0.x did, and makes its weights."""
    self.build(tuple(input_shape))


def get_params(self):
    """The weights and what belongs to them, as 0.x listed it: weights, regularizers, constraints, updates."""
    weights = self.trainable_weights
    return (
        weights,
        [w.regularizer for w in weights if w.regularizer is not None],
        [w.constraint for w in weights],
        [],
    )


def copy_for_search(self):
    """A copy, for scikit-learn: the `get_params` above makes it take a layer for an estimator of its own."""
    return copy.deepcopy(self)


def assert_input_compatibility(self, inputs=None, input=None):
    """Raises an error if inputs, `input` in 1.x, are not what the layer takes."""
    inputs = input if inputs is None else inputs
    importlib.import_module("keras.layers._input_spec").check_inputs(self.input_spec, inputs, self.name)


def uses_learning_phase(self):
    """Whether it, or a layer inside, does something else in training; classes of one's own may say so themselves."""
    said = vars(self).get("_says_it_uses_learning_phase")
    if said is not None:
        return said
    return any(takes(type(layer).call, "training") for layer in self._flatten_layers() if not layer._layers)


def _say_uses_learning_phase(self, value: bool) -> None:
    object.__setattr__(self, "_says_it_uses_learning_phase", bool(value))


_LAYER_METHODS = {
    "uses_learning_phase": property(uses_learning_phase, _say_uses_learning_phase, doc=uses_learning_phase.__doc__),
    "get_output_shape_for": get_output_shape_for,
    "add_update": add_update,
    "get_updates_for": get_updates_for,
    "get_losses_for": get_losses_for,
    "get_input_mask_at": get_input_mask_at,
    "get_output_mask_at": get_output_mask_at,
    "set_input_shape": set_input_shape,
    "get_params": get_params,
    "__sklearn_clone__": copy_for_search,
    "assert_input_compatibility": assert_input_compatibility,
    "input_mask": property(
        lambda self: _masks(self._only_node("input_mask").input_tensors), doc="The mask of the input of the only call."
    ),
    "output_mask": property(
        lambda self: _masks(self._only_node("output_mask").outputs), doc="The mask of the output of the only call."
    ),
}


# --- metrics


def merge_state(self, metrics):
    """Adds what other metrics of the same kind have counted."""
    for metric in metrics:
        for mine, theirs in zip(self.variables, metric.variables):
            mine.assign(mine.value + theirs.value)


# --- optimizers


def teach_optimizer(optimizer: type) -> None:
    """Gives `Optimizer` the attributes of 1.x and 2.x, and lets `get_updates` be written instead of `update_step`."""
    optimizer.lr = property(lambda self: self.learning_rate, _set_rate, doc="The learning rate, by its older name.")
    optimizer_methods.teach(optimizer)
    optimizer.variables = optimizer_methods.CalledProperty(optimizer.variables.fget, doc=optimizer.variables.__doc__)
    optimizer.weights = property(_weights, _list_weights, doc="The variables, or those that a class listed itself.")
    optimizer.get_weights = optimizer_lists.get_weights(get_weights)
    wrap(optimizer, "set_weights", optimizer_lists.set_weights)
    optimizer.set_weights = _set_weights(optimizer.set_weights)
    # not that of the class, which would count as written by hand
    wrap(Configurable, "get_config", optimizer_lists.get_config)
    iterations = optimizer.iterations.fget

    def count(self):
        given = vars(self).get("_own_iterations")
        return iterations(self) if given is None else given

    optimizer.iterations = property(count, _set_iterations, doc=optimizer.iterations.__doc__)
    init = optimizer.__init__

    @functools.wraps(init)
    def __init__(self, *args, **kwargs):
        if args and isinstance(args[0], str):  # the name came first in tf.keras
            kwargs.update(zip(("name", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm"), args))
            args = ()
        # the constructors of 1.x, 2.x and tf.keras took no rate: classes derived from them keep their own
        if type(self) is not optimizer and not args and "learning_rate" not in kwargs:
            kwargs["learning_rate"] = kwargs.pop("lr", 0.01)
        if not kwargs.get("name") and era.of_tf_keras():
            kwargs["name"] = type(self).__name__  # 'Adam', of the second one too
        if "decay" in kwargs:  # a class of one's own hands it on, and reads it from there
            self._initial_decay = kwargs.pop("decay") or 0.0
        hooks = [kwargs.pop(name, None) for name in ("gradient_aggregator", "gradient_transformers")]
        init(self, *args, **kwargs)
        if era.before("tf2.0"):
            self.updates = []  # which classes of one's own add to
        if era.before("3"):
            self._averages_begin_after_first = False
            _note_order_of_clipping(self)
        if any(hooks):
            self._gradient_aggregator, self._gradient_transformers = hooks[0], list(hooks[1] or ())

    optimizer._clips_together = _clips_together
    wrap(optimizer, "_clip", _clip_twice)
    __init__.__keras_legacy_arguments__ = {"gradient_aggregator", "gradient_transformers"}  # type: ignore[attr-defined]
    optimizer.__init__ = __init__
    optimizer._initial_decay = 0.0
    optimizer._var_key = staticmethod(id)
    optimizer._index_dict = property(
        lambda self: {id(v): i for i, v in enumerate(self._trainable_variables)}, doc="Places of the variables."
    )
    optimizer._build_learning_rate = optimizer._kept_learning_rate

    def __init_subclass__(cls, **kwargs):
        super(optimizer, cls).__init_subclass__(**kwargs)
        if "get_updates" in vars(cls):
            cls.weight_decay = _OfTheClass("weight_decay")
            cls.update_all = _make_updates
            cls.elementwise = False
            cls.build = _build_with_updates(cls.build)
        optimizer_methods.adapt_subclass(cls)

    optimizer.__init_subclass__ = classmethod(__init_subclass__)


def _clips_together(self, ways: list[str]) -> bool:
    """Until 3 `clipvalue` could stand beside a limit of the norm, which came first."""
    return era.before("3") and "clipvalue" in ways and len(ways) == 2


def _note_order_of_clipping(optimizer: Any) -> None:
    """What becomes of `clipvalue` beside a limit of the norm: since TensorFlow 2.11 nothing."""
    norm = any(optimizer.stored_number(name) is not None for name in ("clipnorm", "global_clipnorm"))
    if norm and optimizer.stored_number("clipvalue") is not None and era.before("tf2.11"):
        optimizer._clips_value = "after" if era.before("tf2.0") else "before"


def _clip_twice(function: Callable, self, grads: list) -> list:
    """Gradients clipped by their norm and value, in the order of the year."""
    when = vars(self).get("_clips_value")
    if when is None:
        return function(self, grads)

    def by_value(found: list) -> list:
        return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in found]

    return by_value(function(self, grads)) if when == "after" else function(self, by_value(grads))


class _OfTheClass:
    """An attribute that a class with its own `get_updates` uses as it likes, and which the engine does not look at."""

    def __init__(self, name: str):
        self.name = f"_own_{name}"

    def __get__(self, owner: Any, cls: type | None = None) -> Any:
        return self if owner is None else vars(owner).get(self.name)

    def __set__(self, owner: Any, value: Any) -> None:
        vars(owner)[self.name] = value


def _weights(self) -> list:
    listed = vars(self).get("_listed_weights")
    if listed:
        return listed
    found = optimizer_lists.weights(self)
    return self.variables if found is None else found


def _list_weights(self, variables: list) -> None:
    """Classes of 1.x and 2.x listed their variables themselves."""
    self._listed_weights = list(variables)


def _set_weights(function: Callable) -> Callable:
    """`set_weights` that gives values to the variables a class listed."""

    @functools.wraps(function)
    def set_weights(self, weights):
        listed = vars(self).get("_listed_weights")
        if not listed:
            function(self, weights)
            return
        weights = list(weights)
        if len(weights) != len(listed):
            raise ValueError(
                f"{type(self).__name__}.set_weights: there are {len(listed)} variables. Got {len(weights)} values."
            )
        for variable, value in zip(listed, weights):
            variable.assign(value)

    return set_weights


def _set_iterations(self, value) -> None:
    self._own_iterations = value


def _make_updates(self, grads, variables, learning_rate) -> None:
    """`update_all` of a class that says by `get_updates` what changes: pairs `(variable, value)`.

    All values are computed before the first is assigned, as they were when updates were parts of a graph.
    """
    for update in known_values(_updates_now(self, grads, variables) or []):
        apply_update(update)


def _updates_now(self, grads, variables) -> Any:
    loss = LossOfNow(grads, variables)
    given = {"params": variables, "constraints": release_0.Constraints(variables), "loss": loss}
    taken, open_ended = parameters(type(self).get_updates)
    by_place = era.before("2.0") and not (taken and given.keys() >= set(taken))  # under names of the class's own
    made = vars(self).setdefault("_made_in_updates", [])
    if "updates" in vars(self):
        self.updates = []  # those of the last time are not made again
    object.__setattr__(self, "_gradients_now", grads)
    try:
        with made_once.remembering(made):
            if by_place:
                return self.get_updates(*given.values())
            return self.get_updates(**{name: given[name] for name in given if open_ended or name in taken})
    finally:
        object.__delattr__(self, "_gradients_now")


def _build_with_updates(build: Callable) -> Callable:
    """`build` of a class with `get_updates`: the variables that it makes are there before the first step."""

    @functools.wraps(build)
    def build_with_updates(self, variables):
        if self.built:
            return
        build(self, variables)
        with pure.Scope():  # nothing that is computed here stays
            _updates_now(self, [ops.zeros(v.shape, v.dtype) for v in variables], list(variables))
        self._find_variables()

    return build_with_updates


_make_updates.calls_get_updates = True  # type: ignore[attr-defined]


def _set_rate(self, value) -> None:
    self.learning_rate = value


def get_weights(self):
    """The values of the variables, as NumPy arrays."""
    return [v.numpy() for v in self.weights]


def clip_norm(g, c, n):
    """A gradient, made smaller if its norm `n` is above `c`."""
    return g if c is None or c <= 0 else g * ops.where(ops.greater(n, c), c / n, 1.0)


def optimizer_from_config(config, custom_objects=None):
    """The optimizer that a config describes."""
    return importlib.import_module("keras.optimizers").deserialize(config, custom_objects)


class TFOptimizer:
    """Would hold an optimizer of TensorFlow.

    Raises:
        ImportError: always: TensorFlow's optimizers change TensorFlow's variables.
    """

    def __init__(self, optimizer):
        raise ImportError(_OF_TENSORFLOW.format(type(optimizer).__name__))

    def get_updates(self, loss, params, constraints=None):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(type(self).__name__))

    get_gradients = get_updates

    def get_weights(self):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(type(self).__name__))

    def set_weights(self, weights):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(type(self).__name__))

    get_config = get_weights

    @classmethod
    def from_config(cls, config):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(cls.__name__))


_OF_TENSORFLOW = (
    "TFOptimizer: {} changes TensorFlow's variables, which there are none of here.\n"
    "  Use the optimizer of the same name in keras.optimizers."
)
