"""New shapes for the same elements: reshaping, joining, splitting, repeating, padding, turning."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras._core import limits
from keras._core.errors import WrongIndex
from keras._core.graph import is_symbolic
from keras._core.types import Tensor, Tensors
from keras._jax.op import filled, op, with_shape

# --- reshaping


def _reshape_shapes(trace, x, newshape):
    sizes = _new_sizes(x.shape, newshape)
    if None not in x.shape and None not in sizes:
        return trace(x, sizes)
    known_in, known_out = ([d for d in shape if d is not None] for shape in (x.shape, sizes))
    if sizes.count(None) == 1 and None not in x.shape:
        total, part = math.prod(known_in), math.prod(known_out)
        if part and total % part == 0:
            sizes = [total // part if d is None else d for d in sizes]
    elif sizes.count(None) == 1 and x.shape.count(None) == 1 and math.prod(known_in) == 0:
        raise ValueError(f"reshape: shape {x.shape} without elements cannot become {tuple(newshape)}.")
    return with_shape(x, sizes)


def _new_sizes(shape, newshape):
    """`newshape` as a list with None for what has to be found out; at most one size can be."""
    sizes = [None if d is None or (isinstance(d, (int, np.integer)) and d == -1) else int(d) for d in _listed(newshape)]
    if sizes.count(None) > 1 and None not in shape:
        raise ValueError(f"reshape: only one size of `newshape` can be open. Got {newshape}.")
    return sizes


def _listed(shape) -> list:
    return list(shape) if hasattr(shape, "__iter__") else [shape]


@op(shapes=_reshape_shapes)
def reshape(x: Tensor, newshape) -> Tensor:
    """The same elements, in the same order, in another shape.

    Args:
        x: a tensor.
        newshape: the sizes; one of them can be -1 (or None), which is then computed.

    >>> reshape([1, 2, 3, 4], (2, -1))
    Array([[1, 2],
           [3, 4]], dtype=int32)
    """
    try:
        return jnp.reshape(x, [-1 if d is None else d for d in _listed(newshape)])
    except TypeError as error:
        raise ValueError(f"reshape: shape {jnp.shape(x)} cannot become {tuple(_listed(newshape))}.") from error


@op
def ravel(x: Tensor) -> Tensor:
    """All elements in one row."""
    return jnp.ravel(x)


@op
def expand_dims(x: Tensor, axis) -> Tensor:
    """`x` with new axes of size 1; `axis` says where they stand in the result."""
    return jnp.expand_dims(x, tuple(axis) if isinstance(axis, list) else axis)


def _squeeze_shapes(trace, x, axis=None):
    if axis is None:
        # an unknown size is taken not to be 1
        return with_shape(x, [d for d in x.shape if d != 1])
    axes = [axis] if isinstance(axis, int) else list(axis)
    rank = len(x.shape)
    if not all(-rank <= a < rank for a in axes):
        raise WrongIndex(f"squeeze: `axis` must be from {-rank} to {rank - 1}. Got {axis} for shape {x.shape}.")
    dropped = {a % rank for a in axes}
    for a in dropped:
        if x.shape[a] not in (None, 1):
            raise ValueError(f"squeeze: axis {a} must have size 1. Got shape {x.shape}.")
    return with_shape(x, [d for i, d in enumerate(x.shape) if i not in dropped])


@op(shapes=_squeeze_shapes)
def squeeze(x: Tensor, axis=None) -> Tensor:
    """`x` without axes of size 1: without all of them, or without the given ones."""
    return jnp.squeeze(x, tuple(axis) if isinstance(axis, list) else axis)


@op
def transpose(x: Tensor, axes=None) -> Tensor:
    """`x` with its axes in another order; reversed if `axes` is None.

    >>> transpose(ones((2, 3, 4)), (2, 0, 1)).shape
    (4, 2, 3)
    """
    if axes is not None and sorted(a % x.ndim if -x.ndim <= a < x.ndim else a for a in axes) != list(range(x.ndim)):
        raise ValueError(f"transpose: `axes` must name each of the {x.ndim} axes once. Got {tuple(axes)}.")
    return jnp.transpose(x, axes)


@op
def swapaxes(x: Tensor, axis1, axis2) -> Tensor:
    """`x` with two axes exchanged."""
    return jnp.swapaxes(x, axis1, axis2)


@op
def moveaxis(x: Tensor, source, destination) -> Tensor:
    """`x` with the axes `source` moved to `destination`; the others keep their order."""
    return jnp.moveaxis(x, source, destination)


def _broadcast_shapes(trace, x, shape):
    sizes = _listed(shape)
    known = {i: d for i, d in enumerate(reversed(sizes)) if d is not None}
    if None in sizes:
        # an open size is that of `x`
        own = (1,) * (len(sizes) - len(x.shape)) + tuple(x.shape)
        sizes = [o if d is None else d for d, o in zip(sizes, own)]
        return with_shape(x, sizes)
    return trace(filled(x, known), sizes)


@op(shapes=_broadcast_shapes)
def broadcast_to(x: Tensor, shape) -> Tensor:
    """`x` repeated along axes of size 1, and along new first axes, until it has the given shape."""
    return jnp.broadcast_to(x, shape)


# --- joining


def _joined_shapes(trace, xs, axis=0):
    return trace(_agreeing(xs, axis), axis=axis)


def _agreeing(xs, axis):
    """An unknown size outside the axis along which tensors are joined is that of the others."""
    ranks = {len(x.shape) for x in xs if hasattr(x, "shape")} if isinstance(xs, (list, tuple)) else ()
    if len(ranks) != 1:
        return xs
    rank = ranks.pop()
    if axis is not None and not -rank <= axis < rank:
        return xs
    known: dict[int, int] = {}
    for x in xs:
        for i, d in enumerate(getattr(x, "shape", ())):
            if d is not None and (axis is None or i != axis % rank):
                known.setdefault(rank - 1 - i, d)
    return [filled(x, known) for x in xs]


@op(shapes=_joined_shapes)
def concatenate(xs: Tensors, axis=0) -> Tensor:
    """Tensors joined along an axis they have.

    >>> concatenate([[1, 2], [3]])
    Array([1, 2, 3], dtype=int32)
    """
    return jnp.concatenate(_arrays(xs), axis)


def _stacked_shapes(trace, x, axis=0):
    known: dict[int, int] = {}
    for each in x:
        for i, d in enumerate(reversed(getattr(each, "shape", ()))):
            if d is not None:
                known.setdefault(i, d)
    return trace([filled(each, known) for each in x] if isinstance(x, (list, tuple)) else x, axis=axis)


@op(shapes=_stacked_shapes)
def stack(x: Tensors, axis=0) -> Tensor:
    """Tensors of one shape joined along a new axis.

    >>> stack([[1, 2], [3, 4]], axis=1)
    Array([[1, 3],
           [2, 4]], dtype=int32)
    """
    return jnp.stack(_arrays(x), axis)


def _arrays(xs: Any) -> list:
    if getattr(xs, "shape", ()):
        limits.check_repeats("the first axis", xs.shape[0])  # a tensor stands for a list of its rows
    return [jnp.asarray(x) for x in xs]


def _rank(xs):
    return min((len(getattr(x, "shape", ())) for x in xs), default=0) if isinstance(xs, (list, tuple)) else 0


def _hstack_shapes(trace, xs):
    return trace(_agreeing(xs, min(_rank(xs) - 1, 1)))


def _vstack_shapes(trace, xs):
    return trace(_agreeing(xs, 0 if _rank(xs) > 1 else None))


def _dstack_shapes(trace, xs):
    return trace(_agreeing(xs, 2 if _rank(xs) > 2 else None))


@op(shapes=_hstack_shapes)
def hstack(xs: Tensors) -> Tensor:
    """Tensors joined along their second axis, vectors along their only one."""
    return jnp.hstack(_arrays(xs))


@op(shapes=_vstack_shapes)
def vstack(xs: Tensors) -> Tensor:
    """Tensors joined along their first axis, vectors as rows."""
    return jnp.vstack(_arrays(xs))


@op(shapes=_dstack_shapes)
def dstack(xs: Tensors) -> Tensor:
    """Tensors joined along their third axis."""
    return jnp.dstack(_arrays(xs))


@op
def append(x1: Tensor, x2: Tensor, axis=None) -> Tensor:
    """`x2` after `x1` along an axis; all elements in one row if `axis` is None."""
    return jnp.append(jnp.asarray(x1), jnp.asarray(x2), axis)


# --- splitting


def _checked_parts(indices_or_sections: Any) -> Any:
    """Where or into how many parts a tensor is cut; each is a tensor of its own."""
    if isinstance(indices_or_sections, int):
        limits.check_repeats("indices_or_sections", indices_or_sections)
    elif isinstance(indices_or_sections, (list, tuple)):
        limits.check_repeats("len(indices_or_sections)", len(indices_or_sections))
    return indices_or_sections


def _split_shapes(trace, x, indices_or_sections, axis=0):
    _checked_parts(indices_or_sections)
    known = not -len(x.shape) <= axis < len(x.shape) or x.shape[axis] is not None
    if known or not isinstance(indices_or_sections, int):
        return trace(x, indices_or_sections, axis=axis)
    return [with_shape(x, x.shape) for _ in range(indices_or_sections)]


@op(shapes=_split_shapes)
def split(x: Tensor, indices_or_sections, axis=0) -> Tensors:
    """Parts of `x` along an axis.

    Args:
        x: a tensor.
        indices_or_sections: the number of equal parts, or the positions at which new parts begin.
        axis: the axis that is cut.

    >>> split([1, 2, 3, 4], [1, 3])
    [Array([1], dtype=int32), Array([2, 3], dtype=int32), Array([4], dtype=int32)]
    """
    return jnp.split(x, indices_or_sections, axis)


@op(shapes=_split_shapes)
def array_split(x: Tensor, indices_or_sections, axis=0) -> Tensors:
    """Parts of `x` along an axis; where they cannot be equal, the first ones are longer by 1."""
    return jnp.array_split(x, indices_or_sections, axis)


@op
def hsplit(x: Tensor, indices_or_sections) -> Tensors:
    """Parts along the second axis, or along the only one of a vector."""
    return jnp.hsplit(x, _checked_parts(indices_or_sections))


@op
def vsplit(x: Tensor, indices_or_sections) -> Tensors:
    """Parts along the first axis."""
    return jnp.vsplit(x, _checked_parts(indices_or_sections))


@op
def dsplit(x: Tensor, indices_or_sections) -> Tensors:
    """Parts along the third axis."""
    return jnp.dsplit(x, _checked_parts(indices_or_sections))


def _check_axis(who, x, axis):
    if not -len(x.shape) <= axis < len(x.shape):
        raise ValueError(f"{who}: there is no axis {axis} in shape {tuple(x.shape)}.")


def _unstack_shapes(trace, x, num=None, axis=0):
    _check_axis("unstack", x, axis)
    if x.shape[axis] is not None:
        return trace(x, num, axis)
    if num is None:
        raise ValueError(f"unstack: `num` is needed where the size of axis {axis} is not known. Got shape {x.shape}.")
    shape = list(x.shape)
    shape[axis] = num
    return trace(with_shape(x, shape), num, axis)


@op(shapes=_unstack_shapes)
def unstack(x: Tensor, num=None, axis=0) -> Tensors:
    """The entries along an axis as a list of tensors without that axis; `num` is the axis's size, if given."""
    _check_axis("unstack", x, axis)
    size = x.shape[axis]
    if num is not None and num != size:
        raise ValueError(f"unstack: `num` must be the size of axis {axis}. Got {num} and shape {x.shape}.")
    limits.check_repeats("num", size)
    return [jnp.squeeze(part, axis) for part in jnp.split(x, size, axis)] if size else []


# --- repeating and padding


@op
def tile(x: Tensor, repeats) -> Tensor:
    """`x` as often as `repeats` says along each axis, side by side."""
    if np.any(np.less(repeats, 0)):
        raise ValueError(f"tile: `repeats` must not be negative. Got {repeats!r}.")
    return jnp.tile(x, repeats)


def _repeat_shapes(trace, x, repeats, axis=None):
    times = np.shape(repeats) if isinstance(repeats, (list, tuple, np.ndarray)) else ()
    if axis is not None and len(times) == 1 and times[0] > 1 and x.shape[axis] is None:
        sizes = list(x.shape)
        sizes[axis] = times[0]  # one number for each entry
        x = with_shape(x, sizes)
    return trace(x, repeats, axis)


@op(shapes=_repeat_shapes)
def repeat(x: Tensor, repeats, axis=None) -> Tensor:
    """Each entry several times in a row.

    Args:
        x: a tensor.
        repeats: how often, for all entries or for each.
        axis: the axis along which entries lie; all elements in one row if None.

    >>> repeat([1, 2], [1, 3])
    Array([1, 2, 2, 2], dtype=int32)
    """
    # how large the result is must be known, so the numbers stay NumPy's where they are
    return jnp.repeat(jnp.asarray(x), repeats if isinstance(repeats, jax.Array) else np.asarray(repeats), axis)


@op
def pad(x: Tensor, pad_width, mode="constant", constant_values: Tensor = None) -> Tensor:
    """`x` with more elements before and after along its axes.

    Args:
        x: a tensor.
        pad_width: how many, before and after: one number or pair for all axes, or a pair for each.
        mode: 'constant', 'reflect', 'symmetric', 'edge', 'wrap', ... as NumPy names them.
        constant_values: the new elements of mode 'constant'; 0 if None.
    """
    x = jnp.asarray(x)
    if mode == "constant":
        return jnp.pad(x, pad_width, mode, constant_values=0 if constant_values is None else constant_values)
    if constant_values is not None:
        raise ValueError(f"pad: `constant_values` goes with mode 'constant' only. Got mode {mode!r}.")
    if mode in ("reflect", "symmetric", "wrap") and limits.is_set():
        _check_pieces(x, pad_width)
    return jnp.pad(x, pad_width, mode)


def _check_pieces(x: jax.Array, pad_width: Any) -> None:
    """What continues a tensor by itself is joined from pieces that are no longer than it."""
    widths = np.broadcast_to(np.asarray(pad_width), (x.ndim, 2)).max(axis=1)
    for size, width in zip(x.shape, widths):
        limits.check_repeats("pad_width / size of the axis", int(width) // max(size - 1, 1))


# --- turning


@op
def flip(x: Tensor, axis=None) -> Tensor:
    """Entries in reversed order along axes; along all if `axis` is None."""
    return jnp.flip(x, axis)


@op
def fliplr(x: Tensor) -> Tensor:
    """Entries in reversed order along the second axis."""
    return jnp.fliplr(x)


@op
def flipud(x: Tensor) -> Tensor:
    """Entries in reversed order along the first axis."""
    return jnp.flipud(x)


@op
def roll(x: Tensor, shift, axis=None) -> Tensor:
    """Entries moved by `shift` places; those that fall off the end come in at the start."""
    return jnp.roll(x, shift, axis)


@op
def rot90(array: Tensor, k=1, axes=(0, 1)) -> Tensor:
    """`array` turned `k` times by 90 degrees, from the first of two axes towards the second."""
    return jnp.rot90(array, k, tuple(axes))


# --- diagonals


def _diag_shapes(trace, x, k=0):
    return with_shape(x, (None,)) if len(x.shape) == 2 and None in x.shape else trace(x, k)


def _diagonal_shapes(trace, x, offset=0, axis1=0, axis2=1):
    _check_two_axes(x, axis1, axis2)
    pair = {axis1 % len(x.shape), axis2 % len(x.shape)}
    if None not in [x.shape[a] for a in pair]:
        return trace(x, offset, axis1, axis2)
    # either axis may be the one that ends the diagonal
    return with_shape(x, (*(d for a, d in enumerate(x.shape) if a not in pair), None))


def _check_two_axes(x: Any, axis1: int, axis2: int) -> None:
    if axis1 % len(x.shape) == axis2 % len(x.shape):
        raise ValueError(f"diagonal: `axis1` and `axis2` must be two axes. Got {axis1} and {axis2}.")


@op(shapes=_diag_shapes)
def diag(x: Tensor, k=0) -> Tensor:
    """The diagonal `k` of a matrix, or a matrix with a vector on that diagonal."""
    return jnp.diag(x, k)


@op
def diagflat(x: Tensor, k=0) -> Tensor:
    """A matrix with all elements of `x` on the diagonal `k`."""
    return jnp.diagflat(x, k)


@op(shapes=_diagonal_shapes)
def diagonal(x: Tensor, offset=0, axis1=0, axis2=1) -> Tensor:
    """The diagonal of two axes, as a new last axis."""
    _check_two_axes(x, axis1, axis2)
    return jnp.diagonal(x, offset, axis1, axis2)


# --- what a tensor is


def shape(x) -> tuple:
    """The sizes of the axes; None for a size of a symbolic tensor that is not known.

    >>> shape([[1, 2, 3]])
    (1, 3)
    """
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def ndim(x) -> int:
    """The number of axes."""
    return len(shape(x))


@op
def _symbolic_size(x: Tensor) -> Tensor:
    return jnp.asarray(jnp.size(x))


def size(x):
    """The number of elements; symbolic where a size of a symbolic tensor is not known."""
    if is_symbolic(x) and None in x.shape:
        return _symbolic_size(x)
    return math.prod(shape(x))
