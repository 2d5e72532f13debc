"""What subclasses of `MultiHeadAttention` written for tf.keras and Keras 3 take from it below its public names."""

from __future__ import annotations

import functools
import math
from typing import Any

from keras import layers, ops
from keras.layers._attention_heads import both

_VALUES = {
    f"_{name}": name
    for name in (
        "num_heads", "key_dim", "value_dim", "dropout", "use_bias", "attention_axes", "kernel_initializer",
        "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
        "bias_constraint", "sliding_window", "use_gate", "flash_attention",
    )
}  # fmt: skip
_VALUES["_output_shape"] = "_output_sizes"


def part_of(layer: Any, name: str, missing: Any) -> Any:
    """An attribute or a bound method of that name; `missing` if such layers had none."""
    if name in _VALUES:
        return vars(layer).get(_VALUES[name])
    if name in _METHODS:
        return functools.partial(_METHODS[name], layer)
    if name in _MADE:
        return _MADE[name](layer)
    return missing


# --- attributes


def _equations(layer: Any) -> tuple[str, str]:
    """Of the product of queries and keys, and of the shares and values, over one axis of positions."""
    if layer.attention_axes not in (None, (1,)):
        raise AttributeError(
            f"{layer.name}: the equations of its products are only known for attention along axis 1. "
            f"Got attention_axes={layer.attention_axes}."
        )
    return "aecd,abcd->acbe", "acbe,aecd->abcd"


def _dropout_layer(layer: Any) -> Any:
    found = vars(layer).get("_dropout_of_shares")
    if found is None:
        found = layers.Dropout(layer.dropout, seed=layer.seed, dtype=layer.dtype_policy)
        layer._dropout_of_shares = found
    return found


def _softmax(layer: Any) -> Any:
    return layers.Softmax(axis=-1, dtype=layer.dtype_policy)


_MADE = {
    "_dot_product_equation": lambda layer: _equations(layer)[0],
    "_combine_equation": lambda layer: _equations(layer)[1],
    "_inverse_sqrt_key_dim": lambda layer: 1 / math.sqrt(layer.key_dim),
    "_dropout_layer": _dropout_layer,
    "_softmax": _softmax,
}

# --- methods


def _shared_arguments(layer: Any) -> dict[str, Any]:
    """`_get_common_kwargs_for_sublayer`: what the projections are made with."""
    names = (
        "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint",
        "kernel_initializer", "bias_initializer",
    )  # fmt: skip
    found = {name: getattr(layer, name) for name in names}
    for name in names[-2:]:
        found[name] = found[name].clone() if hasattr(found[name], "clone") else found[name]
    return {**found, "dtype": layer.dtype_policy}


def _build_attention(layer: Any, rank: int) -> None:
    """Settles along which axes attention goes: all but the first and the last two of projected queries."""
    if layer.attention_axes is None:
        layer.attention_axes = tuple(range(1, rank - 2))


def _causal_mask(layer: Any, query: Any, value: Any = None) -> Any:
    targets, sources = query.shape[1], (query if value is None else value).shape[1]
    return layer.positions_seen(targets, sources, True)[None]


def _attention_mask(
    layer: Any, query: Any, value: Any, query_mask: Any = None, value_mask: Any = None, key_mask: Any = None,
    attention_mask: Any = None, use_causal_mask: bool = False,
) -> Any:  # fmt: skip
    """Booleans (batch, targets, sources) from all masks, or None."""
    found = None
    if query_mask is not None:
        found = ops.cast(query_mask, "bool")[:, :, None]
    for mask in (value_mask, key_mask):
        found = both(found, None if mask is None else ops.cast(mask, "bool")[:, None, :])
    found = both(found, _causal_mask(layer, query, value) if use_causal_mask else None)
    return both(found, None if attention_mask is None else ops.cast(attention_mask, "bool"))


def _masked_softmax(layer: Any, attention_scores: Any, attention_mask: Any = None) -> Any:
    """The shares: a softmax over the sources that the mask leaves."""
    if attention_mask is not None:
        for _ in range(attention_scores.ndim - attention_mask.ndim):
            attention_mask = ops.expand_dims(attention_mask, 1)
    return _softmax(layer)(attention_scores, mask=attention_mask)


_METHODS = {
    "_get_common_kwargs_for_sublayer": _shared_arguments,
    "_build_attention": _build_attention,
    "_compute_causal_mask": _causal_mask,
    "_compute_attention_mask": _attention_mask,
    "_masked_softmax": _masked_softmax,
}
