"""Layers that make one tensor of several, and the same as functions."""

import functools

from keras import ops
from keras._core import tree
from keras._core.checks import integers
from keras._core.graph import KerasTensor
from keras._jax import pure
from keras.layers._base.shapes import is_shape
from keras.layers._layer import Layer


class Merge(Layer):
    """Base of the layers that combine the elements of several tensors.

    The tensors may differ in size where one of them has size 1; one with fewer axes gets axes of size 1 behind the
    batch. Subclasses say how two tensors are combined, and whether elements that a mask leaves out take part.
    """

    _keeps_dtype = True
    _reads_masks = False  # whether `combine_masked` does

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self.compute_output_shape(input_shape)

    def combine(self, a, b):
        """Two tensors as one."""
        raise NotImplementedError

    def call(self, inputs):
        masks = [pure.find_mask(x) for x in inputs]
        inputs = with_equal_rank(inputs)
        if all(mask is None for mask in masks):
            return functools.reduce(self.combine, inputs)
        return self.combine_masked(inputs, [_over_elements(mask, x) for mask, x in zip(masks, inputs)])

    def combine_masked(self, inputs, masks):
        """All inputs as one; `masks` broadcast to them, and are None where there is none."""
        return functools.reduce(self.combine, inputs)

    def compute_output_shape(self, input_shape):
        """The shape that the inputs broadcast to."""
        shapes = self._checked_shapes(input_shape)
        rank = max(len(shape) for shape in shapes)
        batches = {shape[0] for shape in shapes if shape and shape[0] is not None}
        if len(batches) > 1 or not all(shapes):
            raise ValueError(f"{self.name}: the inputs must have the same batch size. Got {_listed(shapes)}.")
        aligned = [shape[:1] + (1,) * (rank - len(shape)) + shape[1:] for shape in shapes]
        sizes = [_broadcast_size(group) for group in list(zip(*aligned))[1:]]
        if -1 in sizes:
            raise ValueError(f"{self.name} combines inputs whose sizes are equal or 1. Got {_listed(shapes)}.")
        return (next(iter(batches), None), *sizes)

    def _checked_shapes(self, input_shape):
        if is_shape(input_shape) or isinstance(input_shape, dict) or not input_shape:
            raise ValueError(f"{self.name} takes a list of tensors. Got {_what(input_shape)}.\n  write: layer([a, b])")
        return [tuple(shape) for shape in input_shape]

    def _output_dtype(self, args, kwargs):
        given = {self._dtype_in_call(x.dtype) for x in tree.leaves((args, kwargs)) if isinstance(x, KerasTensor)}
        if len(given) == 1 or not self._keeps_dtype:
            return super()._output_dtype(args, kwargs)
        return functools.reduce(ops.add, (KerasTensor((), dtype) for dtype in given)).dtype

    def compute_mask(self, inputs, mask=None):
        """True where any of the masks is, if all inputs have one."""
        if mask is None or any(m is None for m in self._checked_masks(inputs, mask)):
            return None
        return functools.reduce(ops.logical_or, mask)

    def _checked_masks(self, inputs, mask):
        if not isinstance(inputs, (list, tuple)) or not isinstance(mask, (list, tuple)) or len(inputs) != len(mask):
            raise ValueError(f"{self.name}: `inputs` and `mask` must be lists of the same length.")
        return mask


def _over_elements(mask, x):
    """A mask with the axes of its input."""
    return None if mask is None else ops.expand_dims(mask, tuple(range(mask.ndim, x.ndim)))


def _either(a, b):
    """True where one of two masks is; None, which is true everywhere, if one of them is None."""
    return None if a is None or b is None else ops.logical_or(a, b)


def _what(shape):
    if isinstance(shape, dict):
        return "a dict"
    return f"one of shape {tuple(shape)}" if shape else "an empty list"


def _listed(shapes):
    return ", ".join(str(tuple(shape)) for shape in shapes)


def _broadcast_size(sizes):
    """The size that sizes broadcast to: None if it is not known, -1 if there is none."""
    known = {n for n in sizes if n not in (None, 1)}
    if len(known) > 1:
        return -1
    if known:
        return known.pop()
    return None if None in sizes else 1


def with_equal_rank(inputs):
    """Axes of size 1 behind the batch for those that have fewer axes."""
    rank = max(x.ndim for x in inputs)
    return [ops.expand_dims(x, tuple(range(1, 1 + rank - x.ndim))) if x.ndim < rank else x for x in inputs]


class Add(Merge):
    """The sum of the inputs.

    >>> Add()([ops.ones((1, 2)), ops.ones((1, 2))])
    Array([[2., 2.]], dtype=float32)
    """

    def combine(self, a, b):
        """Their sum."""
        return ops.add(a, b)


class Subtract(Merge):
    """The first input minus the second.

    >>> Subtract()([ops.ones((1, 2)), ops.ones((1, 2))])
    Array([[0., 0.]], dtype=float32)
    """

    def combine(self, a, b):
        """Their difference."""
        return ops.subtract(a, b)

    def _checked_shapes(self, input_shape):
        return _two(self, super()._checked_shapes(input_shape))


def _two(layer, shapes):
    if len(shapes) != 2:
        raise ValueError(f"{layer.name} takes two inputs. Got {len(shapes)}.")
    return shapes


class Multiply(Merge):
    """The product of the inputs, element by element.

    Elements that a mask leaves out count as 1; where all inputs leave an element out, the product is 0.

    >>> Multiply()([2 * ops.ones((1, 2)), 3 * ops.ones((1, 2))])
    Array([[6., 6.]], dtype=float32)
    """

    _reads_masks = True

    def combine(self, a, b):
        """Their product."""
        return ops.multiply(a, b)

    def combine_masked(self, inputs, masks):
        """The product of the elements that count."""
        counted = [x if mask is None else ops.where(mask, x, 1) for x, mask in zip(inputs, masks)]
        product = functools.reduce(self.combine, counted)
        some = functools.reduce(_either, masks)
        return product if some is None else ops.where(some, product, 0)


class Average(Merge):
    """The mean of the inputs, element by element.

    >>> Average()([ops.zeros((1, 2)), ops.ones((1, 2))])
    Array([[0.5, 0.5]], dtype=float32)
    """

    _keeps_dtype = False

    def combine(self, a, b):
        """Their sum."""
        return ops.add(a, b)

    def call(self, inputs):
        return ops.cast(ops.divide(super().call(inputs), len(inputs)), self.compute_dtype)


class _Extremum(Merge):
    """Elements that a mask leaves out take no part; where all inputs leave an element out, it is that of the first."""

    _reads_masks = True

    def combine_masked(self, inputs, masks):
        """The extreme one of the elements that count."""
        found, known = inputs[0], masks[0]
        for x, mask in zip(inputs[1:], masks[1:]):
            extreme = self.combine(found, x)
            extreme = extreme if known is None else ops.where(known, extreme, x)
            found = extreme if mask is None else ops.where(mask, extreme, found)
            known = _either(known, mask)
        return found


class Maximum(_Extremum):
    """The largest of the inputs, element by element.

    Elements that a mask leaves out take no part.

    >>> Maximum()([ops.zeros((1, 2)), ops.ones((1, 2))])
    Array([[1., 1.]], dtype=float32)
    """

    def combine(self, a, b):
        """The larger one."""
        return ops.maximum(a, b)


class Minimum(_Extremum):
    """The smallest of the inputs, element by element.

    Elements that a mask leaves out take no part.

    >>> Minimum()([ops.zeros((1, 2)), ops.ones((1, 2))])
    Array([[0., 0.]], dtype=float32)
    """

    def combine(self, a, b):
        """The smaller one."""
        return ops.minimum(a, b)


class Concatenate(Merge):
    """The inputs one behind the other.

    Args:
        axis: the axis along which they are put together.

    >>> Concatenate()([ops.ones((2, 3)), ops.ones((2, 4))]).shape
    (2, 7)
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        return ops.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape):
        """The sizes of the inputs, summed along the axis."""
        shapes = self._checked_shapes(input_shape)
        rank = len(shapes[0])
        if any(len(shape) != rank for shape in shapes):
            raise ValueError(f"{self.name}: the inputs must have equally many axes. Got {_listed(shapes)}.")
        if not -rank <= self.axis < rank:
            raise ValueError(f"{self.name}: there is no axis {self.axis}. Got {_listed(shapes)}.")
        axis = self.axis % rank
        found = []
        for i, sizes in enumerate(zip(*shapes)):
            known = {n for n in sizes if n is not None}
            if i == axis:
                found.append(None if None in sizes else sum(sizes))
            elif len(known) > 1:
                raise ValueError(
                    f"{self.name} puts inputs together along axis {self.axis}; all other sizes must be equal. "
                    f"Got {_listed(shapes)}."
                )
            else:
                found.append(next(iter(known), None))
        return tuple(found)

    def compute_mask(self, inputs, mask=None):
        """The masks one behind the other; along the last axis, true where any of them is. None counts as all true."""
        if mask is None or all(m is None for m in self._checked_masks(inputs, mask)):
            return None
        rank = inputs[0].ndim
        present = [m for m in mask if m is not None]
        along_features = self.axis % rank == rank - 1
        if along_features and len(present) < len(mask):
            return ops.ones_like(present[0], dtype="bool")
        if along_features:
            return functools.reduce(ops.logical_or, present)
        masks = [_all_true(x) if m is None else m for x, m in zip(inputs, mask)]
        # masks have the axes of their inputs but the last
        return ops.concatenate(masks, axis=self.axis % rank)


def _all_true(x):
    return ops.ones_like(x[..., 0], dtype="bool")


class Dot(Merge):
    """Products of the vectors along an axis of two inputs, for each sample.

    Args:
        axes: the axis of both inputs along which the products are summed, or a pair of axes.
        normalize: whether the vectors are scaled to length 1 before: the results are cosines then.

    Shapes:
        x: (batch, ..., n, ...), y: (batch, ..., n, ...), result: (batch, the axes that are left of x, then of y);
        (batch, 1) if none is left.

    >>> Dot(axes=1)([ops.ones((2, 3)), ops.ones((2, 3))]).shape
    (2, 1)
    """

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        integers("axes", axes, 2, "Dot", least=-100)
        self.axes = axes if isinstance(axes, int) else tuple(axes)
        self.normalize = normalize

    def call(self, inputs):
        x, y = inputs
        a, b = self._positions([x.shape, y.shape])
        if self.normalize:
            x, y = ops.normalize(x, axis=a), ops.normalize(y, axis=b)
        # one letter per axis; the batch and the summed axis have the same one in both
        letters_x = "z" + "abcdefgh"[: x.ndim - 1]
        letters_y = "z" + "ijklmnop"[: y.ndim - 1]
        letters_y = letters_y[:b] + letters_x[a] + letters_y[b + 1 :]
        left = letters_x[:a] + letters_x[a + 1 :] + letters_y[1:b] + letters_y[b + 1 :]
        product = ops.einsum(f"{letters_x},{letters_y}->{left}", x, y)
        return ops.expand_dims(product, -1) if product.ndim == 1 else product

    def _positions(self, shapes):
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        for axis, shape in zip(axes, shapes):
            if not -len(shape) <= axis < len(shape) or axis % len(shape) == 0:
                raise ValueError(
                    f"{self.name}: `axes` must be axes of the inputs other than the batch. Got {self.axes} for inputs "
                    f"of shape {_listed(shapes)}."
                )
        return [axis % len(shape) for axis, shape in zip(axes, shapes)]

    def _checked_shapes(self, input_shape):
        return _two(self, super()._checked_shapes(input_shape))

    def compute_output_shape(self, input_shape):
        """The axes that are not summed over."""
        x, y = self._checked_shapes(input_shape)
        a, b = self._positions([x, y])
        if x[a] != y[b] and None not in (x[a], y[b]):
            raise ValueError(
                f"{self.name} sums products along axis {a} of the first and axis {b} of the second input, which must "
                f"have equal sizes. Got {x} and {y}."
            )
        left = x[1:a] + x[a + 1 :] + y[1:b] + y[b + 1 :]
        return (x[0], *(left or (1,)))

    def compute_mask(self, inputs, mask=None):
        """None: the steps are gone."""
        return


def add(inputs, **kwargs):
    """The sum of the inputs, as an `Add` layer."""
    return Add(**kwargs)(inputs)


def subtract(inputs, **kwargs):
    """The first input minus the second, as a `Subtract` layer."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs, **kwargs):
    """The product of the inputs, as a `Multiply` layer."""
    return Multiply(**kwargs)(inputs)


def average(inputs, **kwargs):
    """The mean of the inputs, as an `Average` layer."""
    return Average(**kwargs)(inputs)


def maximum(inputs, **kwargs):
    """The largest of the inputs, as a `Maximum` layer."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs, **kwargs):
    """The smallest of the inputs, as a `Minimum` layer."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs, axis=-1, **kwargs):
    """The inputs one behind the other, as a `Concatenate` layer."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs, axes=-1, **kwargs):
    """Products along an axis of two inputs, as a `Dot` layer."""
    return Dot(axes=axes, **kwargs)(inputs)
