"""The base class of all optimizers: what surrounds the update of one variable."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import config as settings
from keras import initializers, ops
from keras._core.checks import positive_integer
from keras._core.configurable import Configurable
from keras._core.names import name_scope, nearest, unique_name_for
from keras._core.serialization import deserialize, serialize
from keras._core.signature import constructor_parameters
from keras._jax import placement, stateless
from keras._jax.number import Number, Numbered, OneMinus, declared
from keras._jax.variable import Variable
from keras.optimizers.schedules._schedule import LearningRateSchedule, wide_float

_HALVES = ("float16", "bfloat16")


class Optimizer(Numbered, Configurable):
    """Changes variables along their gradients; subclasses say how in `build` and `update_step`.

    One call of `apply` divides the gradients by the loss scale, averages them over several calls if asked to, clips
    them, decays the weights, lets `update_step` change every variable, follows the moving average and applies the
    variables' constraints.

    Args:
        learning_rate: a number, a `LearningRateSchedule`, or a function that returns the rate.
        weight_decay: before each update every variable loses this share of itself, times the learning rate.
        clipnorm: largest L2 norm of each gradient.
        clipvalue: largest absolute value in each gradient.
        global_clipnorm: largest L2 norm of all gradients taken together.
        use_ema: whether to keep a moving average of every variable, which `finalize_variable_values` puts in place.
        ema_momentum: the share of the old average in the new one.
        ema_overwrite_frequency: after how many updates the variables are overwritten by their averages; None for
            only at the end.
        loss_scale_factor: what `scale_loss` multiplies the loss by, and `apply` divides the gradients by.
        gradient_accumulation_steps: the number of calls whose mean gradient makes one update; None for one call.
        name: the first part of the paths of its variables.

    Hyperparameters are inputs of compiled training steps: they can be assigned between steps and take effect.

    >>> class PlainDescent(Optimizer):
    ...     elementwise = True
    ...
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         variable.assign_sub(learning_rate * gradient)
    """

    elementwise = False
    """Whether `update_step` changes each element by its own gradient alone, so that variables may be updated joined."""

    weight_decay = Number(optional=True)
    clipnorm = Number(optional=True)
    clipvalue = Number(optional=True)
    global_clipnorm = Number(optional=True)
    ema_momentum = Number()
    one_minus_ema_momentum = OneMinus("ema_momentum")
    loss_scale_factor = Number(optional=True)

    def __init__(
        self,
        learning_rate,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        loss_scale_factor=None,
        gradient_accumulation_steps=None,
        name=None,
        **kwargs,
    ):
        self._refuse(kwargs)
        self.name = name or unique_name_for(self)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = bool(use_ema)
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._check_settings()
        self.built = False
        self._offloads = False
        self._variables: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._places: dict[int, int] = {}
        self._undecayed_variables: list[Variable] = []
        self._undecayed_names: list[str] = []
        self._averages: list[Variable | None] = []
        self._accumulators: list[Variable | None] = []
        with name_scope(self.name):
            self._iterations = Variable(
                0, dtype="int32", trainable=False, aggregation="only_first_replica", name="iteration"
            )
            self._learning_rate: Any = self._kept_learning_rate(learning_rate)
        self._find_variables()

    def _refuse(self, unknown: dict) -> None:
        owner = type(self).__name__
        if unknown.pop("decay", None):
            raise ValueError(
                f"{owner}: `decay` is not an argument any more.\n"
                f"  Instead of:  {owner}(learning_rate=0.1, decay=0.01)\n"
                f"  write:       {owner}(learning_rate=keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 0.01))"
            )
        for name in unknown:
            hint = nearest(name, constructor_parameters(type(self)))
            raise ValueError(f"{owner}: unknown argument `{name}`.{hint}")

    def _check_settings(self) -> None:
        owner = type(self).__name__
        limits = {name: self.stored_number(name) for name in ("clipnorm", "clipvalue", "global_clipnorm")}
        given = [name for name, value in limits.items() if value is not None]
        if len(given) > 1:
            raise ValueError(f"{owner}: only one way of clipping can be chosen. Got {' and '.join(given)}.")
        for name in given:
            if not limits[name] > 0:
                raise ValueError(f"{owner}: `{name}` must be a positive number or None. Got {limits[name]!r}.")
        momentum = self.stored_number("ema_momentum")
        if not 0 <= momentum <= 1:
            raise ValueError(f"{owner}: `ema_momentum` must be a number from 0 to 1. Got {momentum!r}.")
        if self.ema_overwrite_frequency is not None:
            positive_integer("ema_overwrite_frequency", self.ema_overwrite_frequency, owner)
        steps = self.gradient_accumulation_steps
        if steps is not None and positive_integer("gradient_accumulation_steps", steps, owner) < 2:
            raise ValueError(f"{owner}: `gradient_accumulation_steps` must be at least 2, or None. Got {steps!r}.")

    # --- variables

    @property
    def variables(self) -> list[Variable]:
        """The step count, the learning rate where it is a number, and what `build` made, in the order of creation."""
        self._find_variables()
        return list(self._variables)

    def _find_variables(self) -> None:
        known = {id(v) for v in self._variables} | {id(v) for v in self._trainable_variables}
        for name, value in vars(self).items():
            if name in _OTHERS_VARIABLES:
                continue
            for item in _contents(value):
                if isinstance(item, Variable) and id(item) not in known:
                    known.add(id(item))
                    self._variables.append(item)

    @property
    def iterations(self):
        """The number of updates so far. With gradient accumulation several calls of `apply` make one update."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations.value, self.gradient_accumulation_steps)
        return self._iterations

    def build(self, variables) -> None:
        """Makes the variables of this optimizer for those it will change."""
        if self.built:
            return
        self._trainable_variables = list(variables)
        for v in self._trainable_variables:
            if not isinstance(v, Variable):
                raise ValueError(f"{type(self).__name__}.build: needs a list of variables. Got a {type(v).__name__}.")
        self._places = {id(v): i for i, v in enumerate(self._trainable_variables)}
        self._find_variables()  # what a constructor made comes first
        if self.use_ema:
            self._averages = self.add_optimizer_variables(self._trainable_variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulators = [
                self.add_variable_from_reference(v, "gradient_accumulator") for v in self._trainable_variables
            ]
        self.built = True

    def add_variable(
        self, shape, initializer="zeros", dtype=None, aggregation="none", layout=None, name=None
    ) -> Variable:
        """A new variable of this optimizer."""
        with name_scope(self.name):
            made = Variable(
                initializers.get(initializer), shape=tuple(shape), dtype=dtype, trainable=False,
                aggregation=aggregation, layout=layout, name=name,
            )  # fmt: skip
        return self._taken(made)

    def add_variable_from_reference(self, reference_variable, name=None, initializer="zeros") -> Variable:
        """A new variable of the shape and dtype of another, called after it: 'dense_kernel_momentum'.

        `initializer` may also be an array or a variable to start from.
        """
        path = reference_variable.path.replace("/", "_")
        start = initializer
        if isinstance(initializer, (str, dict)) or initializer is None:
            start = initializers.get(initializer or "zeros")
        with name_scope(self.name):
            made = Variable(
                start if callable(start) else ops.convert_to_tensor(start),
                shape=reference_variable.shape, dtype=reference_variable.dtype, trainable=False,
                layout=getattr(reference_variable, "_layout", None), name=f"{path}_{name}" if name else path,
                like=reference_variable,
            )  # fmt: skip
        return self._taken(made)

    def _taken(self, made: Variable) -> Variable:
        if self._offloads and made.ndim:
            made.keep_on_host()
        self._variables.append(made)
        return made

    def offload_state(self) -> None:
        """Keeps what this optimizer remembers per weight in the memory of the host, not of the device.

        Each step brings it to the device where it is needed and takes it back: steps need less memory on the device and
        take longer. May be called before or after the state exists; it is no part of the config.

        Raises:
            ValueError: the device cannot use the host's memory.

        >>> optimizer = keras.optimizers.Adam()
        >>> optimizer.offload_state()
        >>> model.compile(optimizer, "mse")
        """
        placement.check_host_memory()
        self._offloads = True
        for v in self._variables:
            if v.ndim:
                v.keep_on_host()
        for part in self.numbered_parts().values():
            if isinstance(part, Optimizer):
                part.offload_state()

    def add_optimizer_variables(self, trainable_variables, name, initializer="zeros"):
        """One list of variables per name, each with an entry per trainable variable.

        The entry is None where a variable is overwritten with its gradient, since no update reads it. With a list as
        `name` it returns a tuple of lists, and `initializer` may be a list as well.
        """
        names = [name] if isinstance(name, str) else list(name)
        starts = initializer if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        made: tuple[list, ...] = tuple([] for _ in names)
        for v in trainable_variables:
            for found, each, start in zip(made, names, starts):
                skipped = v.overwrite_with_gradient
                found.append(None if skipped else self.add_variable_from_reference(v, each, start))
        return made[0] if isinstance(name, str) else made

    def _get_variable_index(self, variable) -> int:
        return self._places[id(variable)]

    def slot(self, kept: list, variable: Variable) -> Variable:
        """The entry for `variable` in a list that `add_optimizer_variables` made."""
        return kept[self._places[id(variable)]]

    # --- learning rate

    def _kept_learning_rate(self, value: Any) -> Any:
        if callable(value) and not isinstance(value, Variable):
            return value
        if isinstance(value, dict) and "class_name" in value:
            return deserialize(value, module="keras.optimizers.schedules")
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ValueError(
                f"{type(self).__name__}: `learning_rate` must be a number, a LearningRateSchedule or a function that "
                f"returns a number. Got {value!r}."
            ) from None
        return Variable(
            number, dtype=settings.floatx(), trainable=False, autocast=False, aggregation="only_first_replica",
            name="learning_rate",
        )  # fmt: skip

    @property
    def learning_rate(self):
        """The learning rate: a variable where it is a number, else the rate for the present step."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            self.hand_numbers_down()
            return rate(self._iterations.value)
        if isinstance(rate, Variable):
            return rate
        return rate(self._iterations.value) if _takes_the_step(rate) else rate()

    @learning_rate.setter
    def learning_rate(self, value):
        before = self._learning_rate
        if callable(value) and not isinstance(value, Variable):
            self._learning_rate = value
            self._variables = [v for v in self.variables if v is not before]
        elif isinstance(before, Variable):
            before.assign(value)
        else:
            raise TypeError(
                f"{type(self).__name__}: the learning rate comes from a schedule or a function, so no number can be "
                "assigned to it.\n  To set it by hand, make the optimizer with a number as `learning_rate`."
            )

    def numbered_parts(self) -> dict[str, Numbered]:
        """The learning-rate schedule, if there is one."""
        rate = self._learning_rate
        return {"learning_rate": rate} if isinstance(rate, Numbered) else {}

    # --- updates

    def apply_gradients(self, grads_and_vars):
        """`apply` for an iterable of pairs (gradient, variable). Returns the number of updates so far."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self._iterations

    def apply(self, grads, trainable_variables=None) -> None:
        """Changes the variables along their gradients.

        Args:
            grads: one gradient per variable; None where there is none.
            trainable_variables: the variables; those the optimizer was built for if None. The first call builds it.

        Raises:
            ValueError: a variable is unknown, the counts differ, or no variable has a gradient.
        """
        grads = list(grads)
        if not grads:
            return
        variables = self._variables_for(grads, trainable_variables)
        self.hand_numbers_down()
        grads, variables = self._overwrite_with_gradients(grads, variables)
        if variables:
            self._apply(*self._with_gradients(grads, variables))
        self._iterations.assign_add(1)

    def _variables_for(self, grads: list, trainable_variables: Any) -> list[Variable]:
        owner = type(self).__name__
        if trainable_variables is None:
            if not self.built:
                raise ValueError(
                    f"{owner}.apply: without `trainable_variables` the optimizer has to be built first: "
                    "call `optimizer.build(variables)`."
                )
            variables = self._trainable_variables
        else:
            variables = list(trainable_variables)
            self.build(variables)
        for v in variables:
            if id(v) not in self._places:
                raise ValueError(
                    f"{owner}.apply: the variable {getattr(v, 'path', v)} is not among those the optimizer was built "
                    "for.\n  Make a new optimizer for new variables."
                )
        if len(grads) != len(variables):
            raise ValueError(f"{owner}.apply: there are {len(variables)} variables. Got {len(grads)} gradients.")
        return variables

    def _with_gradients(self, grads: list, variables: list) -> tuple[list, list]:
        pairs = [(g, v) for g, v in zip(grads, variables) if g is not None]
        missing = [v.path for g, v in zip(grads, variables) if g is None]
        if not pairs:
            raise ValueError(f"{type(self).__name__}.apply: no variable has a gradient.")
        if missing:
            warnings.warn(f"There is no gradient for {', '.join(missing)}, so these do not change.", stacklevel=4)
        return [ops.convert_to_tensor(g) for g, _ in pairs], [v for _, v in pairs]

    def _apply(self, grads: list, variables: list[Variable]) -> None:
        # a 16-bit variable is updated in 32 bits, since numbers such as 0.999 do not exist in 16; it is kept in 16
        grads = [ops.cast(g, "float32") if v.dtype in _HALVES else g for g, v in zip(grads, variables)]
        if self.stored_number("loss_scale_factor") is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        if self.gradient_accumulation_steps:
            self._accumulate(grads, variables)
        else:
            self._update(grads, variables)
        if self.use_ema:
            self._follow_averages()
        for v in variables:
            if v.constraint is not None:
                v.assign(v.constraint(v.value))

    def _accumulate(self, grads: list, variables: list[Variable]) -> None:
        """Adds to the sums of gradients, and makes an update with their mean when there are enough."""
        steps = self.gradient_accumulation_steps
        complete = self._completes_update()
        sums = [self.slot(self._accumulators, v) for v in variables]
        totals = [s.value + g for s, g in zip(sums, grads)]
        self.change_if(
            complete, lambda: self._update([t / steps for t in totals], variables), [*variables, *self._own_slots()]
        )
        for s, total in zip(sums, totals):
            s.assign(ops.where(complete, ops.zeros_like(total), total))

    def _completes_update(self):
        steps = self.gradient_accumulation_steps
        return ops.equal((self._iterations.value + 1) % steps, 0)

    def _own_slots(self) -> list[Variable]:
        others = {id(v) for v in (*self._averages, *self._accumulators, self._iterations)}
        return [v for v in self.variables if id(v) not in others]

    @staticmethod
    def change_if(condition, change: Callable, variables: list[Variable]) -> None:
        """Runs `change`, and takes back what it did to `variables` where `condition` is false."""
        before = [v.value for v in variables]
        change()
        for v, old in zip(variables, before):
            new = v.value
            if new is not old:
                v.assign(ops.where(condition, new, old))

    def _update(self, grads: list, variables: list[Variable]) -> None:
        grads = self._clip(grads)
        self._decay_weights(variables)
        self.update_all(grads, variables, self._rate_now())

    def _rate_now(self):
        return ops.cast(self.learning_rate, wide_float())

    def update_all(self, grads: list, variables: list[Variable], learning_rate) -> None:
        """One call of `update_step` per variable."""
        for g, v in zip(grads, variables):
            self.update_step(g, v, learning_rate)

    def update_step(self, gradient, variable, learning_rate) -> None:
        """Changes one variable along its gradient. Every optimizer has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs an `update_step(gradient, variable, learning_rate)`.")

    def step_number(self):
        """The number of the update being made, from 1, as a float."""
        return ops.cast(ops.convert_to_tensor(self.iterations), wide_float()) + 1.0

    def assign(self, variable, value) -> None:
        """Gives a variable a value."""
        variable.assign(value)

    def assign_add(self, variable, value) -> None:
        """Adds to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable, value) -> None:
        """Subtracts from a variable."""
        variable.assign_sub(value)

    def _overwrite_with_gradients(self, grads: list, variables: list) -> tuple[list, list]:
        """Assigns the gradients of variables that want just that, such as scales of 8-bit floats; returns the rest."""
        rest: list[tuple] = []
        for g, v in zip(grads, variables):
            if not v.overwrite_with_gradient:
                rest.append((g, v))
            elif g is not None:
                self._overwrite(v, ops.cast(g, v.dtype))
        return [g for g, _ in rest], [v for _, v in rest]

    def _overwrite(self, variable: Variable, gradient: Any) -> None:
        if not self.gradient_accumulation_steps:
            variable.assign(gradient)
            return
        # over several calls the largest value counts
        complete = self._completes_update()
        kept = self.slot(self._accumulators, variable)
        largest = ops.maximum(kept.value, gradient)
        variable.assign(ops.where(complete, largest, variable.value))
        kept.assign(ops.where(complete, ops.zeros_like(largest), largest))

    # --- clipping, decay, averages

    def _clip(self, grads: list) -> list:
        if self.stored_number("clipnorm") is not None:
            return [_clipped_by_norm(g, self.clipnorm) for g in grads]
        if self.stored_number("global_clipnorm") is not None:
            norm = ops.sqrt(sum(ops.sum(ops.square(g)) for g in grads))
            # `norm - norm` is 0, or NaN if the norm is not finite: then no gradient can be trusted
            scale = self.global_clipnorm / ops.maximum(norm, self.global_clipnorm) + (norm - norm)
            return [g * ops.cast(scale, g.dtype) for g in grads]
        if self.stored_number("clipvalue") is not None:
            return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads

    def _decay_weights(self, variables: list[Variable]) -> None:
        if self.stored_number("weight_decay") is None:
            return
        share = self.weight_decay * self._rate_now()
        for v in variables:
            if self.decays(v):
                v.assign(v.value - v.value * share)

    def exclude_from_weight_decay(self, var_list=None, var_names=None) -> None:
        """Names variables that `weight_decay` leaves alone.

        Args:
            var_list: the variables.
            var_names: regular expressions to be found in their names.
        """
        self._undecayed_variables = list(var_list or [])
        self._undecayed_names = list(var_names or [])

    def decays(self, variable) -> bool:
        """Whether weight decay touches the variable."""
        if any(v is variable for v in self._undecayed_variables):
            return False
        return not any(re.search(name, variable.name) for name in self._undecayed_names)

    def _follow_averages(self) -> None:
        updates = ops.convert_to_tensor(self.iterations)
        first = ops.equal(updates, 0)
        for v, average in zip(self._trainable_variables, self._averages):
            if average is not None:
                mixed = average.value * self.ema_momentum + v.value * self.one_minus_ema_momentum
                average.assign(ops.where(first, v.value, mixed))
        if self.ema_overwrite_frequency:
            due = ops.equal((updates + 1) % self.ema_overwrite_frequency, 0)
            self.change_if(due, self._take_averages, self._trainable_variables)

    def _take_averages(self) -> None:
        for v, average in zip(self._trainable_variables, self._averages):
            if average is not None:
                v.assign(average.value)

    def finalize_variable_values(self, var_list) -> None:
        """Puts the moving averages into the variables, if there are any. `fit` does so at its end."""
        if not self.use_ema:
            return
        wanted = {id(v) for v in var_list}
        for v, average in zip(self._trainable_variables, self._averages):
            if average is not None and id(v) in wanted:
                v.assign(average.value)

    def scale_loss(self, loss):
        """The loss as gradients are to be taken of it: times `loss_scale_factor`."""
        return loss if self.stored_number("loss_scale_factor") is None else loss * self.loss_scale_factor

    # --- values in, values out

    def stateless_apply(self, optimizer_variables, grads, trainable_variables):
        """`apply` on values: returns the new values of the trainable variables and of the optimizer's.

        Args:
            optimizer_variables: one value per entry of `variables`.
            grads: one gradient per trainable variable.
            trainable_variables: one value per variable the optimizer was built for.
        """
        owner = type(self).__name__
        if not self.built:
            raise ValueError(f"{owner}.stateless_apply: build the optimizer first: `optimizer.build(variables)`.")
        own, trained = self.variables, self._trainable_variables
        optimizer_variables, trainable_variables = list(optimizer_variables), list(trainable_variables)
        _check_count(f"{owner}.stateless_apply: `optimizer_variables`", own, optimizer_variables)
        _check_count(f"{owner}.stateless_apply: `trainable_variables`", trained, trainable_variables)
        _, values = stateless.call(
            lambda: self.apply(grads, trained), [*trained, *own], [*trainable_variables, *optimizer_variables],
            f"{owner}.stateless_apply: the variables",
        )  # fmt: skip
        return values[: len(trained)], values[len(trained) :]

    # --- saving

    def set_weights(self, weights) -> None:
        """Gives `variables` the values in `weights`, in order."""
        owner = type(self).__name__
        if not self.built:
            raise ValueError(f"{owner}.set_weights: build the optimizer first: `optimizer.build(variables)`.")
        variables, weights = self.variables, list(weights)
        if len(variables) != len(weights):
            raise ValueError(f"{owner}.set_weights: there are {len(variables)} variables. Got {len(weights)} values.")
        for v, value in zip(variables, weights):
            v.assign(value)

    def save_own_variables(self, store) -> None:
        """Puts the value of each variable into `store` under its number: '0', '1', ..."""
        for i, v in enumerate(self.variables):
            store[str(i)] = v.numpy()

    def load_own_variables(self, store) -> None:
        """Takes the values back from `store`; warns and changes nothing if the count differs."""
        variables = self.variables
        if len(store.keys()) == len(variables) - 1:  # tf.keras kept the rate in the config alone
            variables = [v for v in variables if v is not self._learning_rate]
        if len(store.keys()) != len(variables):
            warnings.warn(
                f"The state of {self.name} was not loaded: it has {len(variables)} variables, but "
                f"{len(store.keys())} were saved.",
                stacklevel=2,
            )
            return
        for i, v in enumerate(variables):
            v.assign(np.asarray(store[str(i)]))

    def _argument(self, name: str) -> Any:
        if name == "learning_rate":
            rate = self._learning_rate
            # the shortest decimal that gives the same float, 0.001 and not 0.0010000000474974513
            return float(str(rate.numpy())) if isinstance(rate, Variable) else serialize(rate)
        return super()._argument(name)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """An optimizer from what `get_config` returned."""
        where = {"learning_rate": "keras.optimizers.schedules"}
        return cls(**{name: deserialize(value, custom_objects, where.get(name)) for name, value in config.items()})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    def __fingerprint__(self, of):
        # values of numbers, variables and steps are inputs of programs; names change nothing
        own = {id(v): i for i, v in enumerate(self.variables)}
        trained = {id(v): i for i, v in enumerate(self._trainable_variables)}

        def describe(x):
            if isinstance(x, Variable) and id(x) in own:
                return ("own", own[id(x)])
            if isinstance(x, Variable) and id(x) in trained:
                return ("trained", trained[id(x)])
            if isinstance(x, (list, tuple)):
                return (type(x).__name__, tuple(describe(i) for i in x))
            if type(x) is dict:
                return ("dict", tuple((of(k), describe(v)) for k, v in x.items()))
            return of(x)

        described = {*declared(type(self)), *_NOT_STRUCTURE}
        return (
            self.number_kinds(),
            tuple((v.shape, v._dtype) for v in self._variables),
            tuple(
                (v.shape, v._dtype, self.decays(v), v.overwrite_with_gradient, of(v.constraint))
                for v in self._trainable_variables
            ),
            tuple((k, describe(v)) for k, v in sorted(vars(self).items()) if k not in described),
        )

    def __getstate__(self) -> dict:
        return {k: v for k, v in self.__dict__.items() if k != "_places"}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._places = {id(v): i for i, v in enumerate(self._trainable_variables)}


# attributes that hold the model's variables, or this optimizer's in the order of creation
_OTHERS_VARIABLES = ("_trainable_variables", "_undecayed_variables", "_variables")
_NOT_STRUCTURE = (*_OTHERS_VARIABLES, "name", "_undecayed_names", "_places")


def _contents(value: Any):
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _contents(item)
    elif type(value) is dict:
        for item in value.values():
            yield from _contents(item)


def _takes_the_step(function: Callable) -> bool:
    try:
        wanted = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in wanted)


def _clipped_by_norm(gradient: Any, limit: Any) -> Any:
    norm = ops.sqrt(ops.sum(ops.square(gradient)))
    return gradient * (limit / ops.maximum(norm, limit))


def _check_count(what: str, wanted: list, came: list) -> None:
    if len(wanted) != len(came):
        raise ValueError(f"{what} must have {len(wanted)} values, one per variable. Got {len(came)}.")
