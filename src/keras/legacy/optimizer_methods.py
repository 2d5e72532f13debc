"""Methods that optimizers had from 0.x to tf.keras."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from keras import KerasTensor, ops
from keras._core.graph import any_symbolic
from keras._core.serialization import serialize
from keras._core.signature import parameters
from keras._jax import graph_program, pure, pytree
from keras._jax.variable import Variable
from keras.legacy import era, written_optimizers
from keras.legacy.loss_of_now import LossOfNow
from keras.optimizers.schedules._schedule import LearningRateSchedule

# what slots were called in tf.keras -> the end of the name that the variable has today, for each class
_SLOTS = {
    "Adadelta": {"accum_grad": "accumulated_grad", "accum_var": "accumulated_delta_var"},
    "Adam": {"m": "momentum", "v": "velocity", "vhat": "velocity_hat"},
    "Adamax": {"m": "momentum", "v": "norm"},
    "Nadam": {"m": "momentum", "v": "velocity"},
    "RMSprop": {"rms": "velocity", "momentum": "momentum", "mg": "average_gradient"},
}


def teach(optimizer: type) -> None:
    """Gives `Optimizer` its older methods."""
    for name, function in _METHODS.items():
        setattr(optimizer, name, function)
    for name, older in _FURTHER_ARGUMENTS.items():
        setattr(optimizer, name, older(getattr(optimizer, name)))


# --- updates as parts of a graph


def get_updates(self, *args, **kwargs):
    """The updates that one step makes, to be run by `K.function` or `train`.

    Args:
        loss: a symbolic tensor; in 0.x and 1.x the order was `(params, constraints, loss)`.
        params: the variables.
        constraints: variable -> constraint, of 0.x and 1.x; applied after the step to variables without one.

    Returns:
        Updates. Within a subclass's own `get_updates` they are pairs of a variable and its next value.
    """
    names = ("loss", "params", "constraints")
    if args and isinstance(args[0], (list, tuple)):
        names = ("params", "constraints", "loss")
    if len(args) == 2 and names[0] == "params" and "loss" not in kwargs:
        names = ("params", "loss")
    loss, params, constraints = _arguments(dict(zip(names, args)), kwargs)
    for variable, constraint in dict(constraints or {}).items():
        variable.constraint = variable.constraint or constraint
    params = list(params)
    given = _gradients_now(self, loss, params)
    if given is not None:
        self.build(loss.variables if isinstance(loss, LossOfNow) else params)  # it may be asked for some of them only
        if getattr(self.get_gradients, "__func__", None) is not get_gradients:  # a program has its own
            given = self.get_gradients(loss, params)
        backend = importlib.import_module("keras.backend")  # by whose functions, as programs put theirs there
        self.updates = [backend.update(*pair) for pair in _step_as_pairs(self, given, params)]
        if "_gradients_now" not in vars(self):  # another optimizer makes the step and hands its loss on
            self.updates.insert(0, backend.update_add(self._iterations, 1))
        return self.updates
    self.updates = [_step_as_node(self, self.get_gradients(loss, params), params)]
    return self.updates


def _arguments(by_place: dict, by_name: dict) -> tuple:
    twice = by_place.keys() & by_name.keys()
    unknown = by_name.keys() - {"loss", "params", "constraints"}
    if twice or unknown:
        raise TypeError(
            f"get_updates: it takes a loss, params and constraints, each once. Got {sorted(twice | unknown)}."
        )
    given = {**by_place, **by_name}
    return given.get("loss"), given.get("params"), given.get("constraints")


def _gradients_now(self, loss: Any, params: list) -> list | None:
    """The gradients of the step that is being made, clipped as this optimizer does; None outside of a step."""
    own = vars(self).get("_gradients_now")
    if own is not None or not isinstance(loss, LossOfNow):
        return own
    return self._clip(loss.gradients(params))


def _step_as_pairs(self, gradients: list, params: list) -> list[tuple]:
    """What the class below the one with its own `get_updates` would do now, undone again."""
    update = next(f for f in (vars(c).get("update_all") for c in type(self).__mro__) if f and not _is_own(f))
    kept = [v for v in (*params, *self.variables) if v is not self._iterations]
    before = [v.value for v in kept]
    update(self, gradients, params, self._rate_now())
    after = [v.value for v in kept]
    for variable, value in zip(kept, before):
        variable.assign(value)
    return [(v, new) for v, old, new in zip(kept, before, after) if new is not old]


def _is_own(function: Callable) -> bool:
    return getattr(function, "calls_get_updates", False)


def _step_as_node(self, gradients: list, params: list) -> KerasTensor:
    self.build(params)

    def step(*values):
        self.apply(list(values), params)
        return ops.convert_to_tensor(self._iterations.value)

    add_node = importlib.import_module("keras.legacy.backend._graph").add_node
    return add_node(step, tuple(gradients), {}, KerasTensor((), "int32"))


def get_gradients(self, loss, params):
    """The gradients of a loss: those of now within `get_updates`, else parts of the graph that the loss is of."""
    given = _gradients_now(self, loss, list(params))
    if given is not None:
        return given
    if not any_symbolic([loss]):
        raise ValueError(
            f"{type(self).__name__}.get_gradients: gradients are known within get_updates() only, unless the loss is "
            "a symbolic tensor."
        )
    params = list(params)
    found = importlib.import_module("keras.legacy.backend._function").gradients(loss, params)
    missing = [p.path for p, g in zip(params, found) if g is None]
    if missing:
        raise ValueError(f"{type(self).__name__}.get_gradients: the loss does not depend on {', '.join(missing)}.")
    return found


class Replaceable:
    """`get_gradients`, for which programs until 2.3 put a function of their own into an optimizer."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return get_gradients.__get__(instance, owner)

    def __set__(self, instance: Any, function: Any) -> None:
        kind = type(instance)
        own = {"get_gradients": staticmethod(function), "__module__": kind.__module__}
        instance.__class__ = type(kind.__name__, (kind,), own)


def get_state(self):
    """The values of the variables, as 0.x called it."""
    return self.get_weights()


def set_state(self, value_list):
    """Gives the variables values, as 0.x called it."""
    self.set_weights(value_list)


# --- steps of one's own, of tf.keras


def compute_gradients(self, loss, var_list, tape=None):
    """Pairs of a gradient and its variable.

    Args:
        loss: a function without arguments, or with a tape what was computed under it.
        var_list: the variables, or a function that returns them.
        tape: the `keras.GradientTape` that watched the loss.
    """
    if not callable(loss) and tape is None:
        raise ValueError(
            f"{type(self).__name__}: `loss` must be a function without arguments, or `tape` given. Got {loss!r}."
        )
    variables = list(var_list() if callable(var_list) else var_list)
    if tape is not None:
        if callable(loss):
            with tape:
                loss = loss()
        return list(zip(tape.gradient(loss, variables), variables))

    def total(*values):
        with pure.Scope(variables, values):
            return [loss()]

    return list(zip(graph_program.gradients(total, *(v.value for v in variables)), variables))


def minimize(self, loss, var_list, tape=None, grad_loss=None, name=None):
    """One step along the gradients of a loss.

    Args:
        loss: a function without arguments, or with a tape what was computed under it.
        var_list: the variables, or a function that returns them.
        tape: the `keras.GradientTape` that watched the loss.
        grad_loss: what the gradient of the loss is multiplied by.
        name: of the step, of which nothing else is kept.
    """
    if grad_loss is not None and not callable(loss):
        raise ValueError(f"{type(self).__name__}.minimize: `grad_loss` needs a function without arguments as `loss`.")
    weighted = loss if grad_loss is None else lambda: ops.sum(loss() * grad_loss)
    return self.apply_gradients(compute_gradients(self, weighted, var_list, tape), name=name)


def aggregate_gradients(self, grads_and_vars):
    """The same pairs: gradients of arrays that lie on several devices are sums over all of them already."""
    return list(grads_and_vars)


def without_rate(function: Callable) -> Callable:
    """`update_step(gradient, variable)` of tf.keras, which read the rate from the optimizer."""

    @functools.wraps(function)
    def update_step(self, gradient, variable, learning_rate=None):
        return function(self, gradient, variable)

    return update_step


# --- slots


def get_slot_names(self):
    """Names of the slots, as tf.keras called them."""
    known = _slots_of(self)
    ends = {today: old for old, today in known.items()}
    found: dict[str, None] = {}
    for variable in self.variables:
        for reference in self._trainable_variables:
            begin = reference.path.replace("/", "_") + "_"
            if variable.own_name.startswith(begin):
                end = variable.own_name.removeprefix(begin)
                found[ends.get(end, end)] = None
    return list(found)


def _slots_of(optimizer: Any) -> dict[str, str]:
    return next((_SLOTS[c.__name__] for c in type(optimizer).__mro__ if c.__name__ in _SLOTS), {})


def get_slot(self, var, slot_name):
    """The variable that an optimizer keeps for another, under the name that tf.keras had for it.

    Raises:
        ValueError: there is none of that name.
    """
    end = _slots_of(self).get(slot_name, slot_name)
    name = f"{var.path.replace('/', '_')}_{end}"
    for variable in self.variables:
        if variable.own_name == name and variable.shape == var.shape:
            return variable
    raise ValueError(f"{type(self).__name__}.get_slot: there is no {slot_name!r} of {var.path}: {get_slot_names(self)}")


def add_slot(self, var, slot_name, initializer="zeros", shape=None):
    """A new variable to be kept for another; the one that is there already if there is one."""
    try:
        return get_slot(self, var, slot_name)
    except ValueError:
        return self.add_variable_from_reference(var, slot_name, initializer, shape=shape)


def add_weight(
    self,
    name,
    shape,
    dtype=None,
    initializer="zeros",
    trainable=None,
    synchronization="auto",
    aggregation="none",
):
    """A new variable of this optimizer.

    Args:
        name, shape, dtype, initializer, aggregation: as for `add_variable`.
        trainable: must not be True: an optimizer's variables are not trained.
        synchronization: when copies of it were made equal; there is one variable on all devices here.
    """
    if trainable:
        raise ValueError(f"{type(self).__name__}.add_weight: an optimizer's variables are not trained.")
    if str(synchronization).rpartition(".")[2].lower() not in ("auto", "none", "on_read", "on_write"):
        raise ValueError(f"{type(self).__name__}.add_weight: unknown `synchronization`: {synchronization!r}.")
    aggregation = str(aggregation).rpartition(".")[2].lower()
    return self.add_variable(shape, initializer, dtype, aggregation, name=name)


_METHODS = {
    "get_updates": get_updates, "get_gradients": Replaceable(), "get_state": get_state, "set_state": set_state,
    "compute_gradients": compute_gradients, "minimize": minimize, "aggregate_gradients": aggregate_gradients,
    "get_slot_names": get_slot_names, "get_slot": get_slot, "add_slot": add_slot, "add_weight": add_weight,
}  # fmt: skip


# --- classes written for tf.keras before 2.11: `_create_slots(variables)`, `_resource_apply_dense(gradient, variable)`


def _set_hyper(self, name, value):
    if name != "learning_rate":
        vars(self).setdefault("_hyper", {})[name] = value
        written_optimizers.offer_setting(self, name)
    elif self.built:
        self.learning_rate = value
    else:
        self._learning_rate = self._kept_learning_rate(value)


def _get_hyper(self, name, dtype=None):
    value = self.learning_rate if name == "learning_rate" else vars(self)["_hyper"][name]
    if isinstance(value, LearningRateSchedule):
        return value  # which the class calls with the step
    value = value() if callable(value) else value
    return value if dtype is None else ops.cast(ops.convert_to_tensor(value), dtype)


def _decayed_lr(self, var_dtype="float32"):
    rate = ops.cast(self._rate_now(), var_dtype)
    decay = vars(self).get("_hyper", {}).get("decay", 0.0)
    return rate / (1.0 + decay * ops.cast(self._iterations.value, var_dtype))


def _serialize_hyperparameter(self, hyperparameter):
    """What a config says of a setting: its name, or until 2.11 the setting itself."""
    value = hyperparameter
    if isinstance(value, str):
        value = self._learning_rate if value == "learning_rate" else vars(self)["_hyper"][value]
    if isinstance(value, Variable):
        return float(str(value.numpy()))
    return serialize(value) if hasattr(value, "get_config") else value


_METHODS.update(
    _set_hyper=_set_hyper, _get_hyper=_get_hyper, _decayed_lr=_decayed_lr,
    _serialize_hyperparameter=_serialize_hyperparameter, **written_optimizers.METHODS,
)  # fmt: skip


def adapt_subclass(cls: type) -> None:
    """Lets a class that was written for tf.keras be one of today."""
    own = vars(cls)
    step = own.get("update_step")
    if step is not None and len(parameters(step)[0]) == 2:
        cls.update_step = without_rate(step)
    if "_resource_apply_dense" in own:
        cls.update_step = written_optimizers.update_step
        cls.update_all = importlib.import_module("keras.optimizers").Optimizer.update_all
        cls.elementwise = False
    if "apply_gradients" in own and not cls.__module__.startswith("keras."):
        written_optimizers.apply_by_pairs(cls)
    if "_create_slots" in own:
        cls.build = _build_with_slots(cls.build)


def _build_with_slots(build: Callable) -> Callable:
    @functools.wraps(build)
    def build_with_slots(self, variables):
        if not self.built:
            build(self, variables)
            self._create_slots(self._trainable_variables)

    return build_with_slots


# --- further arguments of methods of today


def _apply_gradients(function: Callable) -> Callable:
    """`apply_gradients` of tf.keras; gradients are sums over all devices whether it is asked for or not."""

    @functools.wraps(function)
    def apply_gradients(
        self, grads_and_vars, name=None, skip_gradients_aggregation=False, experimental_aggregate_gradients=True
    ):
        for flag in (skip_gradients_aggregation, experimental_aggregate_gradients):
            if flag not in (False, True):
                raise ValueError(f"{type(self).__name__}.apply_gradients: a flag must be a boolean. Got {flag!r}.")
        return function(self, grads_and_vars)

    apply_gradients.__keras_legacy_arguments__ = {  # type: ignore[attr-defined]
        "name", "skip_gradients_aggregation", "experimental_aggregate_gradients",
    }  # fmt: skip
    return apply_gradients


_NAMES = {"model_variable": "reference_variable", "variable_name": "name", "initial_value": "initializer"}


def _add_variable_from_reference(function: Callable) -> Callable:
    """`add_variable_from_reference` of tf.keras, which could give the variable another shape."""

    @functools.wraps(function)
    def add_variable_from_reference(self, *args, shape=None, **kwargs):
        kwargs = {_NAMES.get(name, name): value for name, value in kwargs.items()}
        if kwargs.get("initializer", "") is None:
            kwargs["initializer"] = "zeros"
        if shape is None:
            return function(self, *args, **kwargs)
        given = {**dict(zip(("reference_variable", "name", "initializer"), args)), **kwargs}
        reference = given["reference_variable"]
        return self.add_variable(
            shape, given.get("initializer", "zeros"), reference.dtype,
            name=f"{reference.path.replace('/', '_')}_{given['name']}",
        )  # fmt: skip

    add_variable_from_reference.__keras_legacy_arguments__ = {*_NAMES, "shape"}  # type: ignore[attr-defined]
    return add_variable_from_reference


def _apply(function: Callable) -> Callable:
    """`apply` that lets the functions of `gradient_aggregator` and `gradient_transformers` see the gradients first."""

    @functools.wraps(function)
    def apply(self, grads, trainable_variables=None):
        own = vars(self)
        if "_gradient_aggregator" not in own:
            return function(self, grads, trainable_variables)
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        pairs = list(zip(grads, variables))
        if own["_gradient_aggregator"] is not None:
            pairs = list(zip(own["_gradient_aggregator"](pairs), variables))
        for change in own["_gradient_transformers"]:
            pairs = list(change(pairs))
        return function(self, [g for g, _ in pairs], [v for _, v in pairs])

    return apply


def build_by_older_name(function: Callable) -> Callable:
    """`build(var_list)` of tf.keras."""

    @functools.wraps(function)
    def build(self, variables=None, var_list=None):
        function(self, var_list if variables is None else variables)

    build.__keras_legacy_arguments__ = {"var_list"}  # type: ignore[attr-defined]
    return build


_FURTHER_ARGUMENTS = {
    "build": build_by_older_name,
    "apply_gradients": _apply_gradients,
    "add_variable_from_reference": _add_variable_from_reference,
    "apply": _apply,
}


class CalledList(list):
    """A list of variables that may be asked for with and without brackets: `optimizer.variables()` in tf.keras."""

    def __call__(self) -> CalledList:
        """Itself; the rate was no variable of tf.keras: whoever sets all to zero begins anew, with the same rate."""
        if not era.before("3"):
            return self
        return CalledList(v for v in self if getattr(v, "own_name", "") != "learning_rate")


pytree.register_list(CalledList)


class CalledProperty(property):
    """A property whose lists may be called, and that may be called with the object itself."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        found = super().__get__(instance, owner)
        return CalledList(found) if isinstance(found, list) else found

    def __call__(self, instance: Any) -> list[Variable]:
        """The list of an object."""
        return self.__get__(instance)
