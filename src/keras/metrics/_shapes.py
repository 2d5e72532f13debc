"""How values, targets and sample weights of different ranks come together."""

from __future__ import annotations

from typing import Any

from keras import ops
from keras._jax.pure import find_mask
from keras.losses._shapes import aligned


def masked_weight(sample_weight: Any, mask: Any, dtype: str) -> Any:
    """Sample weights with zeros where the mask is False; the mask itself as weights if there are none."""
    if mask is None:
        return sample_weight
    mask = ops.cast(mask, dtype)
    if sample_weight is None:
        return mask
    weight, mask = aligned(ops.cast(ops.convert_to_tensor(sample_weight), dtype), mask)
    while weight.ndim < mask.ndim:  # one weight per sample counts for each of its steps
        weight = ops.expand_dims(weight, -1)
    return weight * mask


def per_sample(values: Any, sample_weight: Any, reduce: Any, dtype: str) -> tuple[Any, Any]:
    """One weighted value per sample, and the weight of each sample (None without weights).

    Values with more axes than the weights have are reduced to them first, so that one weight per sample does not count
    a sample several times.
    """
    mask = find_mask(values)
    values = ops.cast(ops.convert_to_tensor(values), dtype)
    if sample_weight is not None:
        # Keras 3 looks at the mask of the values only where there are weights
        sample_weight = masked_weight(ops.cast(ops.convert_to_tensor(sample_weight), dtype), mask, dtype)
        values, sample_weight = aligned(values, sample_weight)
        if values.ndim > sample_weight.ndim:
            values = reduce(values, axis=tuple(range(sample_weight.ndim, values.ndim)))
        sample_weight = ops.broadcast_to(sample_weight, values.shape)
        values = values * sample_weight
        if sample_weight.ndim > 1:
            sample_weight = reduce(sample_weight, axis=tuple(range(1, sample_weight.ndim)))
    if values.ndim > 1:
        values = reduce(values, axis=tuple(range(1, values.ndim)))
    return values, sample_weight
