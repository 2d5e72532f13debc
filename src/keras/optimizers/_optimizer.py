"""The base class of all optimizers: settings, and the order in which an update is made."""

from __future__ import annotations

from typing import Any

from keras import ops
from keras._core.checks import no_more_arguments, positive_integer
from keras._core.configurable import Configurable
from keras._core.names import name_scope, unique_name_for
from keras._core.serialization import deserialize, serialize
from keras._core.signature import constructor_parameters
from keras._jax import stateless
from keras._jax.number import Number, Numbered, OneMinus
from keras._jax.variable import Variable
from keras.optimizers._base.averages import Averages
from keras.optimizers._base.decay import Decay
from keras.optimizers._base.gradients import Gradients
from keras.optimizers._base.rate import Rate
from keras.optimizers._base.saving import Saving
from keras.optimizers._base.structure import structure_of
from keras.optimizers._base.variables import Variables
from keras.optimizers.schedules._schedule import wide_float

_HALVES = ("float16", "bfloat16")


class Optimizer(Variables, Rate, Gradients, Decay, Averages, Saving, Numbered, Configurable):
    """Changes variables along their gradients; subclasses say how in `build` and `update_step`.

    One call of `apply` divides the gradients by the loss scale, averages them over several calls if asked to, clips
    them, decays the weights, lets `update_step` change every variable, follows the moving average and applies the
    variables' constraints.

    Args:
        learning_rate: a number, a `LearningRateSchedule`, or a function that returns the rate.
        weight_decay: before each update every variable loses this share of itself, times the learning rate.
        clipnorm: largest L2 norm of each gradient; 0 does not clip, here and below.
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
        self.clipnorm = _limit(clipnorm)
        self.clipvalue = _limit(clipvalue)
        self.global_clipnorm = _limit(global_clipnorm)
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
        no_more_arguments(owner, unknown, known=constructor_parameters(type(self)))

    def _check_settings(self) -> None:
        owner = type(self).__name__
        limits = {name: self.stored_number(name) for name in ("clipnorm", "clipvalue", "global_clipnorm")}
        given = [name for name, value in limits.items() if value is not None]
        if len(given) > 1 and not self._clips_together(given):
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

    def _clips_together(self, ways: list[str]) -> bool:
        """Whether several ways of clipping may be chosen at once."""
        return False

    @property
    def iterations(self):
        """The number of updates so far. With gradient accumulation several calls of `apply` make one update."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations.value, self.gradient_accumulation_steps)
        return self._iterations

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

    def _apply(self, grads: list, variables: list[Variable]) -> None:
        # a 16-bit variable is updated in 32 bits, since numbers such as 0.999 do not exist in 16; it is kept in 16
        grads = [ops.cast(g, "float32") if v.dtype in _HALVES else g for g, v in zip(grads, variables)]
        if self.stored_number("loss_scale_factor") is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        if self.use_ema:
            self._begin_averages()
        if self.gradient_accumulation_steps:
            self._accumulate(grads, variables)
        else:
            self._update(grads, variables)
        if self.use_ema:
            self._follow_averages()
        for v in variables:
            if v.constraint is not None:
                v.assign(v.constraint(v.value))

    def _update(self, grads: list, variables: list[Variable]) -> None:
        grads = self._clip(grads)
        self._decay_weights(variables)
        self.update_all(grads, variables, self._rate_now())

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

    # --- config

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
        return structure_of(self, of)


def _limit(value: Any) -> Any:
    """A limit of clipping; 0 stands for none."""
    return None if isinstance(value, (int, float)) and value == 0 else value


def _check_count(what: str, wanted: list, came: list) -> None:
    if len(wanted) != len(came):
        raise ValueError(f"{what} must have {len(wanted)} values, one per variable. Got {len(came)}.")
