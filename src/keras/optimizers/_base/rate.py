"""The learning rate: a variable, a schedule, or a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from keras import config as settings
from keras import ops
from keras._core.serialization import deserialize
from keras._jax.number import Numbered
from keras._jax.variable import Variable
from keras.optimizers.schedules._schedule import LearningRateSchedule, wide_float


class Rate:
    """An optimizer as the owner of a learning rate."""

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

    def _rate_now(self):
        return ops.cast(self.learning_rate, wide_float())


def _takes_the_step(function: Callable) -> bool:
    try:
        wanted = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in wanted)
