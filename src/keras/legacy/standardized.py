"""What `keras.engine.training` of 1.x and 2.x brought data, weights and metrics into, before a model took them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from keras._core import tree
from keras.config import floatx

__all__ = [
    "check_array_lengths",
    "check_loss_and_target_compatibility",
    "collect_metrics",
    "standardize_class_weights",
    "standardize_input_data",
    "standardize_sample_or_class_weights",
    "standardize_sample_weights",
    "standardize_weights",
]


def standardize_input_data(data, names, shapes=None, check_batch_axis=True, exception_prefix=""):
    """Arrays in the order of `names`, each of two axes at least.

    Args:
        data: an array, a list of them, or a dict by name; None for none.
        names: the names of the inputs or outputs.
        shapes: their shapes with the batch, None for sizes and shapes that may be anything.
        check_batch_axis: whether the number of rows is compared as well.
        exception_prefix: what messages call the data, as 'input'.

    Raises:
        ValueError: there are other names, more or fewer arrays, or arrays of other shapes.
    """
    what = f"The {exception_prefix}" if exception_prefix else "The data"
    if not names:
        if data is not None and len(data):
            raise ValueError(f"{what}: the model takes none. Got {tree.describe(data)}.")
        return []
    if data is None:
        return [None] * len(names)
    if isinstance(data, dict):
        absent = [name for name in names if name not in data]
        if absent:
            raise ValueError(f"{what}: there is nothing for {', '.join(map(repr, absent))}. Got {', '.join(data)}.")
        found = [data[name] for name in names]
    elif isinstance(data, list) and not (len(names) == 1 and not hasattr(data[0], "shape")):
        found = data
    else:
        found = [data]
    if len(found) != len(names):
        raise ValueError(f"{what}: the model takes {len(names)} arrays ({', '.join(names)}). Got {len(found)}.")
    arrays = [_of_two_axes(getattr(x, "values", x) if hasattr(x, "iloc") else x) for x in found]
    for name, array, shape in zip(names, arrays, shapes or ()):
        if shape is not None:
            _check_shape(f"{what} {name!r}", np.shape(array), tuple(shape), 0 if check_batch_axis else 1)
    return arrays


def _of_two_axes(x: Any) -> Any:
    if x is None:
        return None
    x = x if hasattr(x, "shape") else np.asarray(x)
    return x[:, None] if len(x.shape) == 1 else x


def _check_shape(what: str, found: tuple, expected: tuple, first: int) -> None:
    pairs = zip(found[first:], expected[first:])
    if len(found) != len(expected) or any(wanted is not None and size != wanted for size, wanted in pairs):
        raise ValueError(f"{what} must have shape {expected}. Got shape {tuple(found)}.")


def standardize_sample_or_class_weights(x_weight, output_names, weight_type):
    """One entry for each output, from one for all, a list, or a dict by name; None where there is none.

    Raises:
        ValueError: a list has another length.
        TypeError: there are several outputs and neither a list nor a dict.
    """
    if x_weight is None or not len(x_weight):
        return [None] * len(output_names)
    if len(output_names) == 1:
        if isinstance(x_weight, dict):
            return [x_weight.get(output_names[0], x_weight)]
        return x_weight if isinstance(x_weight, list) and len(x_weight) == 1 else [x_weight]
    if isinstance(x_weight, dict):
        return [x_weight.get(name) for name in output_names]
    if not isinstance(x_weight, list):
        raise TypeError(f"`{weight_type}` must be a list or a dict, for there are {len(output_names)} outputs.")
    if len(x_weight) != len(output_names):
        raise ValueError(f"`{weight_type}` must have {len(output_names)} entries. Got {len(x_weight)}.")
    return x_weight


def standardize_class_weights(class_weight, output_names):
    """Weights of classes for each output."""
    return standardize_sample_or_class_weights(class_weight, output_names, "class_weight")


def standardize_sample_weights(sample_weight, output_names):
    """Weights of samples for each output."""
    return standardize_sample_or_class_weights(sample_weight, output_names, "sample_weight")


def check_array_lengths(inputs, targets, weights=None):
    """Raises a ValueError unless all arrays have the same number of rows."""
    lengths: dict[str, int] = {}
    for what, arrays in (("inputs", inputs), ("targets", targets), ("sample weights", weights)):
        found = {len(x) for x in arrays or () if x is not None}
        if len(found) > 1:
            raise ValueError(f"All {what} must have the same number of rows. Got {sorted(found)}.")
        if found:
            lengths[what] = found.pop()
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{n} of {what}" for what, n in lengths.items())
        raise ValueError(f"Inputs, targets and sample weights must have the same number of rows. Got {said}.")


# these compare element with element
_OF_ONE_SHAPE = ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy")


def check_loss_and_target_compatibility(targets, loss_fns, output_shapes):
    """Raises a ValueError where targets have another shape than the outputs, or are numbers of classes."""
    for y, loss, shape in zip(targets, loss_fns, output_shapes):
        name = getattr(loss, "__name__", None)
        if y is None or name not in _OF_ONE_SHAPE:
            continue
        if name == "categorical_crossentropy" and y.shape[-1] == 1:
            raise ValueError(
                f"categorical_crossentropy takes a column for each class. Got targets of shape {y.shape}.\n"
                "  Write to_categorical(y), or take sparse_categorical_crossentropy."
            )
        _check_shape(f"The targets of {name}", y.shape, tuple(shape), 1)


def collect_metrics(metrics, output_names):
    """A list of metrics for each output, from one list for all or a dict by name.

    Raises:
        TypeError: it is something else.
    """
    if not metrics:
        return [[] for _ in output_names]
    if isinstance(metrics, list):
        return [list(metrics) for _ in output_names]
    if not isinstance(metrics, dict):
        raise TypeError(f"`metrics` must be a list or a dict. Got {metrics!r}.")
    found = [metrics.get(name, []) for name in output_names]
    return [one if isinstance(one, list) else [one] for one in found]


def standardize_weights(y, sample_weight=None, class_weight=None, sample_weight_mode=None):
    """A weight for each row of the targets, or for each step of each row in the mode 'temporal'.

    Raises:
        ValueError: the weights do not suit the targets, or a class has none.
    """
    if sample_weight_mode not in (None, "temporal"):
        raise ValueError(f"`sample_weight_mode` must be None or 'temporal'. Got {sample_weight_mode!r}.")
    axes = 1 if sample_weight_mode is None else 2
    if axes == 2 and y.ndim < 3:
        raise ValueError(f"In the mode 'temporal', targets have three axes or more. Got shape {y.shape}.")
    if sample_weight is not None:
        if class_weight is not None:
            warnings.warn("`class_weight` is left out beside `sample_weight`.", stacklevel=2)
        if sample_weight.ndim != axes or sample_weight.shape != y.shape[:axes]:
            raise ValueError(f"`sample_weight` must have shape {y.shape[:axes]}. Got {sample_weight.shape}.")
        return sample_weight
    if not isinstance(class_weight, dict):
        return np.ones(y.shape[:axes], floatx())
    if y.ndim > 2:
        raise ValueError(f"`class_weight` goes with targets of one or two axes. Got shape {y.shape}.")
    classes = y.argmax(axis=1) if y.shape[-1] > 1 and y.ndim == 2 else y.reshape(-1)
    absent = sorted(set(classes.tolist()) - set(class_weight))
    if absent:
        raise ValueError(f"`class_weight` must have all classes of the data. There is nothing for {absent}.")
    return np.asarray([class_weight[one] for one in classes.tolist()])


# names of 2.0 and 2.1, and of 2.2
_standardize_input_data = standardize_input_data
_standardize_sample_or_class_weights = standardize_sample_or_class_weights
_standardize_class_weights = standardize_class_weights
_standardize_sample_weights = standardize_sample_weights
_standardize_weights = standardize_weights
_check_array_lengths = check_array_length_consistency = check_array_lengths
_check_loss_and_target_compatibility = check_loss_and_target_compatibility
_collect_metrics = collect_metrics
