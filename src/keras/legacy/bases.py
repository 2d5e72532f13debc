"""What `Layer` of former years offered to classes derived from it."""

from __future__ import annotations

import copy
import functools
import importlib
from collections.abc import Callable
from typing import Any

from keras import ops
from keras._core.signature import takes
from keras._jax.variable import Variable
from keras.legacy import attributes, era, listed, parts_of_calls, release_0, tensors, told_config
from keras.legacy.shown_tensors import Watched


def teach_layer(layer: type) -> None:
    """Gives `Layer` the methods and attributes of 1.x and 2.x."""
    for name, function in _LAYER_METHODS.items():
        if not hasattr(layer, name):
            setattr(layer, name, function)
    layer.__getattr__ = attributes.older
    layer._told_node = _only_until_tensorflow(layer._told_node)
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


def _only_until_tensorflow(told: Callable) -> Callable:
    """Until tf.keras, what layers told of their call was refused where there are several."""

    @functools.wraps(told)
    def node(self, what):
        times = len(self._inbound_nodes)
        if times > 1 and era.before("tf2.0") and len({id(t) for n in self._inbound_nodes for t in n.outputs}) > 1:
            raise AttributeError(
                f"{self.name} is shared: it was called {times} times, so its `{what}` is not unique.\n"
                f"  write:  layer.get_{what}_at(node_index)"
            )
        return told(self, what)

    return node


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
    """Layers of 1.x made variables themselves and listed them; what a list leaves out is not trained."""
    listed_ids = {id(v) for v in variables}
    for variable in self._own_variables() if era.before("tf2.0") else ():
        if id(variable) not in listed_ids:
            variable.trainable = False
    for variable in variables:
        if not any(v is variable for v in self._variables):
            self._keep(variable)
        variable.trainable = self._trainable
        listed.note(self, variable)
    listed.assign(self, variables)


def _kept_to_train(self, trained: bool) -> Watched:
    """Weights of the layer's own, made to be trained or not, whether or not it is frozen; a list to add to."""
    to_train = {id(v) for v in self._to_train}
    set_them = _set_trainable_weights if trained else _set_non_trainable_weights
    found = Watched((v for v in self._own_variables() if (id(v) in to_train) is trained), lambda: set_them(self, found))
    return found


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
    if hasattr(update, "apply_update"):
        update.apply_update()
    elif isinstance(update, tuple) and len(update) == 2:
        variable, value = update
        variable.assign(value)


def get_updates_for(self, inputs):
    """The updates by calls on inputs; none for None, as all are made when a layer is called."""
    return [] if inputs is None or not era.before("tf2.0") else parts_of_calls.updates(self, inputs)


def get_losses_for(self, inputs):
    """The losses that do not depend on inputs, for None: penalties on weights; else those of calls on them.

    Tensors that were given to `add_loss` of a model came with no word of inputs, so 2.x counted them to None.
    """
    if inputs is None:
        return [*(parts_of_calls.added(self) if era.before("3") else ()), *self._regularization_losses()]
    return self._losses or parts_of_calls.losses(self, inputs)


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
    "_trainable_weights": property(lambda self: _kept_to_train(self, True), _set_trainable_weights),
    "_non_trainable_weights": property(lambda self: _kept_to_train(self, False), _set_non_trainable_weights),
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
        lambda self: _masks(self._told_node("input_mask").input_tensors), doc="The mask of the input of the first call."
    ),
    "output_mask": property(
        lambda self: _masks(self._told_node("output_mask").outputs), doc="The mask of the output of the first call."
    ),
}
