"""What a layer's kernel is multiplied with, seen in two ways: axis by axis, and as a matrix.

As a matrix the kernel has a row for each combination of the axes that are summed over, and a column for each of the
others: that is the form in which blocks of weights share a scale.
"""

import math
from typing import ClassVar

from keras import ops

_SPARE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class MatrixProduct:
    """`x @ kernel`, with a kernel of a shape."""

    weight_names: ClassVar[dict[str, str]] = {
        "quantized_kernel": "kernel"
    }  # of attributes with calibrated weights, where they differ

    def __init__(self, shape):
        self.shape = tuple(shape)
        self.rows, self.columns = self.shape
        self.summed = (0,)
        self.scale_shape = (self.columns,)

    def __call__(self, x, kernel):
        return ops.matmul(x, kernel)

    def gradient(self, upstream, kernel, shape):
        """The gradient with respect to inputs of a shape."""
        return ops.matmul(upstream, ops.transpose(kernel))

    def input_axes(self, x):
        """Axes of the inputs that are summed over."""
        return (-1,)

    def scale_of_inputs(self, scale, x):
        """A scale with the axes of the inputs as one with those of the outputs."""
        return scale

    def scale_of_kernel(self, scale, x):
        """A scale as it is kept as one with the axes of the outputs."""
        return scale

    def kept_scale(self, scale):
        """A scale with the axes of the kernel in the form in which it is kept."""
        return ops.reshape(scale, self.scale_shape)

    def kernel_scale(self, kept):
        """A scale as it is kept as one with the axes of the kernel."""
        return ops.reshape(kept, (1, self.columns))

    def to_matrix(self, kernel):
        """The kernel as a matrix."""
        return kernel

    def from_matrix(self, matrix):
        """The matrix as a kernel."""
        return matrix

    def inputs_as_rows(self, x):
        """Inputs as a matrix with a column for each row of the kernel's."""
        return ops.reshape(x, (-1, self.rows))

    def input_scale(self, scale, x):
        """One number per row of the matrix as a factor for inputs."""
        return scale


class EinsumProduct:
    """`einsum(equation, x, kernel)`."""

    weight_names: ClassVar[dict[str, str]] = {"quantized_kernel": "kernel", "kernel_zero": "zero_point"}

    def __init__(self, layer):
        self.equation = layer.equation.replace(" ", "")
        self.inputs, self.kernel, self.outputs = layer._letters
        self.shape = tuple(layer.kernel.shape)
        sizes = dict(zip(self.kernel, self.shape))
        self.row_letters = [n for n in self.kernel if n not in self.outputs]
        self.column_letters = [n for n in self.kernel if n in self.outputs]
        self.rows = math.prod(sizes[n] for n in self.row_letters)
        self.columns = math.prod(sizes[n] for n in self.column_letters)
        self.summed = tuple(self.kernel.index(n) for n in self.row_letters)
        self.scale_shape = tuple(sizes.get(n, 1) for n in self.outputs)
        # a scale is kept with all axes of the outputs, those under the dots as well
        built_for = (layer.get_build_config() or {}).get("input_shape")
        dots = (1,) * (0 if built_for is None else len(built_for) - len(self.inputs))
        self.kept_shape = (*self.scale_shape, *dots) if self.equation.endswith("...") else (*dots, *self.scale_shape)
        self._sizes = sizes

    def __call__(self, x, kernel):
        return ops.einsum(self.equation, x, kernel)

    def gradient(self, upstream, kernel, shape):
        """The gradient with respect to inputs of a shape."""
        known = [n for n in self.inputs if n in self.kernel + self.outputs]
        dots = self.equation.partition(",")[0].replace(self.inputs, "{}")
        out = self.equation.partition("->")[2]
        found = ops.einsum(f"{out},{self.kernel}->{dots.format(''.join(known))}", upstream, kernel)
        letters, before = list(self._with_dots(self.inputs, len(shape))), 0
        for place, letter in enumerate(letters):  # axes that the product sums away by themselves
            if letter in self.inputs and letter not in known:
                found = ops.expand_dims(found, place)
                before += 1
        return ops.broadcast_to(found, shape) if before else found

    def _with_dots(self, letters, count):
        """The letters of a tensor with `count` axes, with others for the axes under the dots."""
        spare = [c for c in _SPARE if c not in self.inputs + self.kernel + self.outputs]
        more = "".join(spare[: count - len(letters)])
        return letters + more if self.equation.endswith("...") else more + letters

    def input_axes(self, x):
        """Axes of the inputs that are summed over."""
        letters = self._with_dots(self.inputs, len(x.shape))
        return tuple(i for i, n in enumerate(letters) if n in self.inputs and n not in self.outputs)

    def _moved(self, scale, letters, wanted):
        """`scale` with axes called `letters` as one with the axes `wanted`; axes that are not wanted have size 1."""
        kept = [n for n in letters if n in wanted]
        lost = tuple(i for i, n in enumerate(letters) if n not in wanted)
        scale = ops.squeeze(scale, lost) if lost else scale
        scale = ops.transpose(scale, [kept.index(n) for n in wanted if n in kept])
        sizes = iter(scale.shape)
        return ops.reshape(scale, [next(sizes) if n in kept else 1 for n in wanted])

    def scale_of_inputs(self, scale, x):
        """A scale with the axes of the inputs as one with those of the outputs."""
        more = len(x.shape) - len(self.inputs)
        letters = self._with_dots(self.inputs, len(x.shape))
        return self._moved(scale, letters, self._with_dots(self.outputs, len(self.outputs) + more))

    def scale_of_kernel(self, scale, x):
        """A scale as it is kept as one with the axes of the outputs."""
        behind = (1,) * (len(x.shape) - len(self.inputs)) if self.equation.endswith("...") else ()
        return ops.reshape(scale, (*self.scale_shape, *behind))

    def kept_scale(self, scale):
        """A scale with the axes of the kernel in the form in which it is kept."""
        return ops.reshape(self._moved(scale, self.kernel, self.outputs), self.kept_shape)

    def kernel_scale(self, kept):
        """A scale as it is kept as one with the axes of the kernel."""
        return self._moved(ops.reshape(kept, self.scale_shape), self.outputs, self.kernel)

    def to_matrix(self, kernel):
        """The kernel as a matrix."""
        order = [self.kernel.index(n) for n in (*self.row_letters, *self.column_letters)]
        return ops.reshape(ops.transpose(kernel, order), (self.rows, self.columns))

    def from_matrix(self, matrix):
        """The matrix as a kernel."""
        letters = [*self.row_letters, *self.column_letters]
        spread = ops.reshape(matrix, [self._sizes[n] for n in letters])
        return ops.transpose(spread, [letters.index(n) for n in self.kernel])

    def inputs_as_rows(self, x):
        """Inputs as a matrix with a column for each row of the kernel's."""
        letters = self._with_dots(self.inputs, len(x.shape))
        others = [n for n in letters if n not in self.row_letters]
        order = [letters.index(n) for n in (*others, *self.row_letters)]
        return ops.reshape(ops.transpose(x, order), (-1, self.rows))

    def input_scale(self, scale, x):
        """One number per row of the matrix as a factor for inputs."""
        spread = ops.reshape(scale, [self._sizes[n] for n in self.row_letters])
        return self._moved(spread, self.row_letters, self._with_dots(self.inputs, len(x.shape)))
