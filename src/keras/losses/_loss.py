"""What every loss is: computes one value per example, weighs, reduces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import config, ops
from keras._core import lookup, tree
from keras._core.checks import one_of
from keras._core.configurable import Configurable, plain
from keras._core.dtype_policy import is_float_name, policy_from
from keras._core.names import unique_name_for
from keras._core.serialization import deserialize
from keras._jax.variable import allow
from keras.losses._shapes import aligned, dtype_of, fit, shown

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Loss(Configurable):
    """A number that says how wrong predictions are.

    Subclasses write `call(self, y_true, y_pred)`, which returns one value per example. Constructor arguments kept in
    attributes of the same name make up the config.

    Args:
        name: its name; made from the class's if None.
        reduction: how the values become one number. 'sum_over_batch_size' or 'mean': their mean, 'sum': their sum,
            'mean_with_sample_weight': the weighted sum divided by the sum of the weights, None or 'none': not at all.
        dtype: the dtype, or dtype policy, to compute in; the default float type if None.

    Raises:
        ValueError: `reduction` is none of these; at the call, if shapes do not fit.

    >>> class Cubed(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)
    >>> Cubed()([[1.0]], [[3.0]])
    Array(8., dtype=float32)
    """

    _left_out_if_none = ("dtype",)

    def __init__(self, name=None, reduction="sum_over_batch_size", dtype=None):
        self.name = name or unique_name_for(self)
        self.reduction = one_of("reduction", reduction, REDUCTIONS, type(self).__name__)
        self._given_dtype = dtype
        self.dtype = policy_from(dtype or config.floatx()).compute_dtype
        allow(self.dtype)

    def call(self, y_true, y_pred):
        """One value per example."""
        raise NotImplementedError(f"{type(self).__name__}: a loss needs a `call(self, y_true, y_pred)`.")

    def __call__(self, y_true, y_pred, sample_weight=None):
        """The loss.

        Args:
            y_true: what is true.
            y_pred: what was predicted. If it carries a mask, positions where the mask is False do not count.
            sample_weight: a weight per example, or per value; examples count evenly if None.
        """
        return self._compute(y_true, y_pred, sample_weight, getattr(y_pred, "_keras_mask", None))

    def with_mask(self, y_true, y_pred, sample_weight=None, mask=None):
        """The loss where the caller knows the mask of `y_pred`: traced values carry none."""
        if type(self).__call__ is not Loss.__call__:  # a subclass has its own way with weights
            return self(y_true, y_pred, sample_weight)
        return self._compute(y_true, y_pred, sample_weight, mask)

    def _compute(self, y_true: Any, y_pred: Any, sample_weight: Any, mask: Any) -> Any:
        y_true = _tensors(y_true, self._label)
        y_pred = _tensors(y_pred, self._prediction)
        values = ops.convert_to_tensor(self.call(y_true, y_pred))
        if not is_float_name(dtype_of(values)):
            values = ops.cast(values, self.dtype)
        own_mask = self._counted(y_true, y_pred)
        if mask is not None and own_mask is not None:
            mask, own_mask = aligned(ops.convert_to_tensor(mask), own_mask)
            mask = ops.logical_and(mask, own_mask)
        mask = own_mask if mask is None else mask
        loss = reduce(values, sample_weight, mask, self.reduction, type(self).__name__)
        # operations that sum in 32 bits give 32 back: a dtype that was asked for is kept all the same
        return loss if self._given_dtype is None else ops.cast(loss, self.dtype)

    def _counted(self, y_true: Any, y_pred: Any) -> Any:
        """Which values count at all, for losses that leave some out; None if all do."""
        return None

    def __fingerprint__(self, of):
        return tuple((k, of(v)) for k, v in sorted(vars(self).items()) if k != "name")  # a name computes nothing

    def _prediction(self, x: Any) -> Any:
        return ops.convert_to_tensor(x, dtype=self.dtype)

    def _label(self, x: Any) -> Any:
        if "16" in self.dtype:
            x = ops.convert_to_tensor(x)
            if not is_float_name(dtype_of(x)):
                return x  # a class number above 256 would be rounded
        return ops.convert_to_tensor(x, dtype=self.dtype)


class LossFunctionWrapper(Loss):
    """A loss from a function `(y_true, y_pred) -> one value per example`.

    Args:
        fn: the function.
        reduction, name, dtype: as for `Loss`.
        **kwargs: further arguments for `fn` at each call.

    >>> LossFunctionWrapper(huber, delta=2.0)([[0.0]], [[1.0]])
    Array(0.5, dtype=float32)
    """

    def __init__(self, fn: Callable, reduction="sum_over_batch_size", name=None, dtype=None, **kwargs):
        super().__init__(name, reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true, y_pred):
        if not tree.is_nested(y_true) and not tree.is_nested(y_pred):
            y_true, y_pred = aligned(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self):
        """The constructor's arguments and those for the function."""
        return {**super().get_config(), "fn": plain(self.fn), **{k: plain(v) for k, v in self._fn_kwargs.items()}}

    @classmethod
    def from_config(cls, config):
        """A loss from what `get_config` returned."""
        if "fn" in config:
            config = {**config, "fn": lookup.get(config["fn"], "keras.losses", "loss")}
        return cls(**{k: v if k == "fn" else deserialize(v) for k, v in config.items()})


def _tensors(x: Any, convert: Callable) -> Any:
    """Tensors from one, from a structure of tensors, or from nested lists of numbers, which are one tensor."""
    if not tree.is_nested(x) or (isinstance(x, (list, tuple)) and not any(hasattr(i, "shape") for i in tree.leaves(x))):
        return convert(x)
    return tree.map_leaves(convert, x)


def reduce(values: Any, sample_weight: Any, mask: Any, reduction: str | None, owner: str) -> Any:
    """One number from the values of the examples, as the reduction says; the values themselves for None.

    A mean is taken over the positions where the mask is True; weights do not change how many those are.
    """
    dtype = dtype_of(values)
    weights = None
    if mask is not None:
        mask = ops.cast(ops.convert_to_tensor(mask), dtype)
        values, weights = _weights_for(values, mask, f"{owner}: the mask of the predictions")
    if sample_weight is not None:
        given = ops.cast(ops.convert_to_tensor(sample_weight), dtype)
        values, given = _weights_for(values, given, f"{owner}: `sample_weight`")
        if weights is not None and len(weights.shape) < len(given.shape):
            weights = ops.expand_dims(weights, -1)
        weights = given if weights is None else weights * given
    if weights is not None:
        values = values * weights
    if reduction in (None, "none"):
        return values
    if reduction == "sum":
        return ops.sum(values)
    if reduction == "mean_with_sample_weight" and weights is not None:
        return ops.divide_no_nan(ops.sum(values), ops.sum(weights))
    mean = ops.mean(values)
    # the mean over all positions, made one over those that count
    return mean if mask is None else ops.divide_no_nan(mean, ops.mean(mask))


def _weights_for(values: Any, weights: Any, what: str) -> tuple[Any, Any]:
    """Weights with as many axes as the values: one weight may stand for everything along the last axes."""
    given = tuple(weights.shape)
    if len(given) > len(values.shape):
        values, weights = aligned(values, weights)
    if given and len(values.shape):
        while len(weights.shape) < len(values.shape):
            weights = ops.expand_dims(weights, -1)
        if not fit(tuple(weights.shape), tuple(values.shape)):
            raise ValueError(
                f"{what} of shape {shown(given)} does not fit losses of shape {shown(tuple(values.shape))}.\n"
                "  Give one weight per example, or one per loss value."
            )
    return values, weights
