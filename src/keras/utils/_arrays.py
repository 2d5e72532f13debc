"""Labels and rows in the form that training wants."""

import numpy as np

from keras import ops
from keras._core.checks import positive_integer


def to_categorical(x, num_classes=None):
    """One-hot rows from class numbers: a 1 at the place of the class, 0 elsewhere.

    Args:
        x: whole numbers from 0 to num_classes - 1, of any shape; a last axis of size 1 is dropped.
        num_classes: the number of classes; one more than the largest number if None or 0.

    Shapes:
        x: (...,) or (..., 1), result: (..., num_classes).

    Raises:
        ValueError: `x` is empty and `num_classes` None, or a number is outside the classes.

    >>> keras.utils.to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    """
    num_classes = positive_integer("num_classes", num_classes, owner="to_categorical") if num_classes else None
    if ops.is_tensor(x):
        if x.ndim > 1 and x.shape[-1] == 1:
            x = ops.squeeze(x, axis=-1)
        return ops.one_hot(x, int(ops.max(x)) + 1 if num_classes is None else num_classes)
    labels = np.asarray(x)
    if labels.dtype.kind not in "biuf" and labels.size:
        raise ValueError(f"to_categorical: `x` must hold class numbers. Got values of dtype {labels.dtype}.")
    labels = labels.astype("int64")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        if not labels.size:
            raise ValueError("to_categorical: `x` is empty, so `num_classes` has to be given.")
        num_classes = int(labels.max()) + 1
    # -1 is the last class, as in NumPy
    if labels.size and not (-num_classes <= labels.min() and labels.max() < num_classes):
        raise ValueError(
            f"to_categorical: with {num_classes} classes the numbers must be from 0 to {num_classes - 1}. "
            f"Got numbers from {labels.min()} to {labels.max()}."
        )
    rows = np.zeros((labels.size, num_classes))
    rows[np.arange(labels.size), labels.ravel()] = 1
    return rows.reshape(*labels.shape, num_classes)


def normalize(x, axis=-1, order=2):
    """`x` divided by its norm along an axis; vectors of zeros stay zeros.

    Args:
        x: an array.
        axis: the axis along which the norm is taken.
        order: which norm: 1, 2, ... or infinity.

    >>> keras.utils.normalize(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]])
    """
    if not isinstance(order, (int, float, np.number)) or isinstance(order, bool) or not order >= 1:
        raise ValueError(f"normalize: `order` must be a number of at least 1. Got {order!r}.")
    if isinstance(x, np.ndarray):
        norm = np.atleast_1d(np.linalg.norm(x, order, axis))
        return x / np.expand_dims(np.where(norm == 0, 1, norm), axis)
    x = ops.convert_to_tensor(x)
    sizes = ops.abs(x)
    if np.isinf(order):
        norm = ops.max(sizes, axis=axis, keepdims=True)
    else:
        norm = ops.sum(sizes**order, axis=axis, keepdims=True) ** (1 / order)
    return x / ops.where(norm == 0, ops.ones_like(norm), norm)
