"""Sum, mean, and the mean of what a function returns."""

from __future__ import annotations

from typing import Any

from keras import ops
from keras._core.configurable import plain
from keras._core.serialization import deserialize, find
from keras._core.signature import constructor_parameters, parameters
from keras._jax.pure import find_mask
from keras.metrics._metric import Metric
from keras.metrics._shapes import masked_weight, per_sample


class Sum(Metric):
    """The sum of all values, each times its weight.

    >>> m = Sum()
    >>> m.update_state([1, 3, 5, 7])
    >>> float(m.result())
    16.0
    """

    def __init__(self, name="sum", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=self.dtype, name="total")

    def update_state(self, values, sample_weight=None):
        values, _ = per_sample(values, sample_weight, ops.sum, self.dtype)
        self.total.assign(self.total.value + ops.sum(values))

    def result(self):
        return self.total.value


class Mean(Metric):
    """The weighted mean of all values; 0 before the first one.

    Values with several axes are averaged per sample first, so that each sample counts once, or as often as its weight
    says.

    >>> m = Mean()
    >>> m.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
    >>> float(m.result())
    2.0
    """

    def __init__(self, name="mean", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=self.dtype, name="total")
        self.count = self.add_variable((), "zeros", dtype=self.dtype, name="count")

    def update_state(self, values, sample_weight=None):
        values, weight = per_sample(values, sample_weight, ops.mean, self.dtype)
        self.total.assign(self.total.value + ops.sum(values))
        if weight is None:
            count = ops.cast(values.shape[0] if values.ndim else 1, self.dtype)
        else:
            count = ops.sum(weight)
        self.count.assign(self.count.value + count)

    def result(self):
        return ops.divide_no_nan(self.total.value, self.count.value)


class MeanMetricWrapper(Mean):
    """The weighted mean of `fn(y_true, y_pred, **kwargs)`.

    Args:
        fn: a function that returns one value per sample, or more.
        name: the name in logs.
        dtype: the dtype of the computation.
        **kwargs: further arguments of `fn`.

    >>> m = MeanMetricWrapper(lambda y_true, y_pred: keras.ops.abs(y_true - y_pred), name="distance")
    >>> m.update_state([1.0, 2.0], [1.5, 2.5])
    >>> float(m.result())
    0.5
    """

    _weighs_by_rows = False  # whether one number for a batch counts as often as the batch has rows

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true, y_pred, sample_weight=None):
        mask = find_mask(y_pred)
        y_true = ops.cast(ops.convert_to_tensor(y_true), self.dtype)
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), self.dtype)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        if not getattr(values, "ndim", 0):  # one number for the batch, in which no step can be left out any more
            mask = None
            if self._weighs_by_rows and sample_weight is None:
                sample_weight = float(y_pred.shape[0])
        weight = masked_weight(sample_weight, mask, self.dtype)
        if weight is not None:
            weight = masked_weight(weight, self._counted(y_true), self.dtype)
        return super().update_state(values, sample_weight=weight)

    def _counted(self, y_true) -> Any:
        """Which labels count where there are weights; None for all."""
        return None

    def get_config(self):
        """The constructor's arguments; the function and its arguments only for this class itself."""
        config = super().get_config()
        if type(self) is MeanMetricWrapper:
            return {**config, "fn": plain(self._fn), **{k: plain(v) for k, v in self._fn_kwargs.items()}}
        names: list[str] = []
        for base in type(self).__mro__:
            if base is MeanMetricWrapper:
                break
            if "get_config" in vars(base):  # accounts for its own arguments and for those of classes below it
                names = []
            elif "__init__" in vars(base):
                names += [n for n in parameters(base.__init__)[0] if n not in names]
        taken = constructor_parameters(type(self))
        return {
            **{name: plain(self._argument(name)) for name in names},
            **{name: value for name, value in config.items() if name in taken},
        }

    def _argument(self, name: str) -> Any:
        kwargs = vars(self).get("_fn_kwargs", {})
        return kwargs[name] if name in kwargs else super()._argument(name)

    @classmethod
    def from_config(cls, config):
        """A metric from what `get_config` returned."""
        return cls(**{name: _made(value) for name, value in config.items()})


def _made(value: Any) -> Any:
    if isinstance(value, dict) and value.get("class_name") == "function":
        return find(value["config"], "keras.metrics", registered=value.get("registered_name"))
    return deserialize(value)
