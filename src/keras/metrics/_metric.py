"""The base class of metrics: sums over batches, kept in variables."""

from __future__ import annotations

from typing import Any

from keras import config as settings
from keras import initializers
from keras._core import tree
from keras._core.configurable import Configurable
from keras._core.dtype_policy import policy_from
from keras._core.names import name_scope, unique_name_for
from keras._jax import stateless
from keras._jax.variable import Variable


class Metric(Configurable):
    """A number that is computed from many batches.

    Subclasses make variables in the constructor, change them in `update_state` and compute the number in `result`,
    both with `keras.ops`, since both run inside compiled steps. Metrics kept in attributes, lists or dicts count as
    parts: their variables belong to this metric as well.

    Args:
        dtype: the dtype of the computation; the default float type if None.
        name: the name in logs; made from the class name if None.

    >>> class LargestError(Metric):
    ...     def __init__(self, name="largest_error", **kwargs):
    ...         super().__init__(name=name, **kwargs)
    ...         self.largest = self.add_variable((), "zeros", name="largest")
    ...
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.largest.assign(keras.ops.maximum(self.largest, keras.ops.max(keras.ops.abs(y_true - y_pred))))
    ...
    ...     def result(self):
    ...         return self.largest.value
    """

    _direction: str | None = None  # "up" or "down" is better, for callbacks that watch the metric

    def __init__(self, dtype=None, name=None):
        self.name = name or unique_name_for(self)
        self._dtype = policy_from(dtype or settings.floatx()).compute_dtype
        self._variables: list[Variable] = []

    @property
    def dtype(self) -> str:
        """The dtype the metric computes in."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """Its own variables in the order of creation, then those of metrics it holds."""
        found = vars(self).get("_variables")
        if found is None:
            raise ValueError(
                f"{type(self).__name__}: the constructor has to call `super().__init__()` before anything else."
            )
        known = {id(v) for v in found}
        parts: list[Metric] = []
        for name, value in vars(self).items():
            for item in () if name == "_variables" else tree.contained(value, (Variable, Metric)):
                if isinstance(item, Metric):
                    parts.append(item)
                elif id(item) not in known:
                    known.add(id(item))
                    found.append(item)
        result = list(found)
        for part in parts:
            result += [v for v in part.variables if id(v) not in known]
            known.update(id(v) for v in result)
        return result

    def add_variable(self, shape, initializer, dtype=None, aggregation="sum", name=None) -> Variable:
        """A new variable, in the metric's dtype unless told otherwise; `reset_state` sets it to zero.

        A metric that computes in 16 bits keeps it in the default float type: float16 cannot count past 2048.
        """
        kept = settings.floatx() if self._dtype in ("float16", "bfloat16") else self._dtype
        with name_scope(self.name):
            made = Variable(
                initializers.get(initializer), shape=shape, dtype=dtype or kept, trainable=False,
                aggregation=aggregation, name=name,
            )  # fmt: skip
        self._variables.append(made)
        return made

    def add_weight(self, shape=(), initializer=None, dtype=None, name=None) -> Variable:
        """`add_variable`, starting from zero unless told otherwise."""
        return self.add_variable(shape, initializer or "zeros", dtype=dtype, name=name)

    def update_state(self, *args, **kwargs):
        """Takes a batch into account."""
        raise NotImplementedError(f"{type(self).__name__} needs an `update_state`.")

    def result(self):
        """The number for all batches so far: a scalar, an array or a dict of them."""
        raise NotImplementedError(f"{type(self).__name__} needs a `result`.")

    def reset_state(self) -> None:
        """Forgets all batches."""
        for v in self.variables:
            v.clear()

    def __call__(self, *args, **kwargs):
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(self, metric_variables, *args, **kwargs):
        """`update_state` on values: takes one per variable and returns the new ones."""
        return stateless.call(
            lambda: self.update_state(*args, **kwargs), self.variables, metric_variables,
            f"{type(self).__name__}.stateless_update_state: `metric_variables`",
        )[1]  # fmt: skip

    def stateless_result(self, metric_variables):
        """`result` computed from values, one per variable."""
        return stateless.call(
            self.result, self.variables, metric_variables,
            f"{type(self).__name__}.stateless_result: `metric_variables`",
        )[0]  # fmt: skip

    def stateless_reset_state(self):
        """The values that the variables have after `reset_state`."""
        variables = self.variables
        return stateless.call(self.reset_state, variables, variables, "the variables")[1]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    def __fingerprint__(self, of):
        # two metrics with equal settings compute the same, whatever they are called and have counted
        places = {id(v): i for i, v in enumerate(self.variables)}

        def describe(x: Any):
            if isinstance(x, Variable) and id(x) in places:
                return ("own", places[id(x)])
            if isinstance(x, (list, tuple)):
                return (type(x).__name__, tuple(describe(i) for i in x))
            if type(x) is dict:
                return ("dict", tuple((of(k), describe(v)) for k, v in x.items()))
            return of(x)

        return (
            tuple((v.shape, v.dtype) for v in self.variables),
            tuple((k, describe(v)) for k, v in sorted(vars(self).items()) if k not in ("name", "_variables")),
        )
