"""EinsumDense: a dense layer over any axes, said by an equation."""

import re

from keras import constraints, initializers, ops, regularizers
from keras.layers._adaptable import Adaptable
from keras.layers._base.activated import ActivationAttribute

_FORM = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]*)(\.\.\.)?")


class EinsumDense(Adaptable):
    """Multiplies the inputs by a learned kernel along the axes that an equation names.

    `y = activation(einsum(equation, x, kernel) + bias)`

    Args:
        equation: letters of the inputs' axes, of the kernel's and of the outputs', such as "abc,cd->abd". Three dots,
            at the same end of inputs and outputs, stand for any further axes: "...x,xy->...y".
        output_shape: sizes of the outputs without the batch, and without the axes that the dots stand for; None where
            a size is that of the inputs. Sizes beyond the letters of the outputs say nothing.
        activation: a name or a function; None leaves the outputs as they are.
        bias_axes: letters of the outputs' axes along which the bias differs; None is no bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.
        lora_rank, lora_alpha: with a rank, a change of low rank is trained instead of the kernel; see `enable_lora`.
        gptq_unpacked_column_size: what files of Keras 3 say about kernels that GPTQ packed; it follows from the rest.
        quantization_config: how the kernel is quantised, where `dtype` or `quantize` says that it is.

    >>> EinsumDense("abc,cd->abd", output_shape=(None, 64), bias_axes="d")(ops.ones((2, 5, 32))).shape
    (2, 5, 64)
    """

    activation = ActivationAttribute()

    def __init__(
        self,
        equation,
        output_shape,
        activation=None,
        bias_axes=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        lora_rank=None,
        lora_alpha=None,
        gptq_unpacked_column_size=None,
        quantization_config=None,
        *,
        activity_regularizer=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._take_adaptations(lora_rank, lora_alpha, quantization_config)
        self.gptq_unpacked_column_size = gptq_unpacked_column_size
        self.equation = equation
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.activation = activation
        self.bias_axes = bias_axes
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._letters = _parsed(equation, bias_axes)

    def build(self, input_shape):
        inputs, kernel, outputs = self._letters
        sizes = self._sizes(input_shape)
        unknown = [letter for letter in kernel + (self.bias_axes or "") if sizes.get(letter) is None]
        if unknown:
            raise ValueError(f"{self.name} needs inputs whose axis {unknown[0]!r} has a known size. Got {input_shape}.")
        self.kernel = self.add_weight(
            name="kernel",
            shape=tuple(sizes[letter] for letter in kernel),
            initializer=self._along_the_letters(kernel, outputs),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.bias_axes is not None:
            first = min(outputs.index(letter) for letter in self.bias_axes)
            behind = (1,) * (len(input_shape) - len(inputs)) if self.equation.endswith("...") else ()
            self.bias = self.add_weight(
                name="bias",
                shape=tuple(sizes[n] if n in self.bias_axes else 1 for n in outputs[first:]) + behind,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _along_the_letters(self, kernel, outputs):
        """The kernel's initializer; one that scales counts the inputs and outputs of a unit as the equation says."""
        if not isinstance(self.kernel_initializer, initializers.VarianceScaling):
            return self.kernel_initializer
        made = [axis for axis, letter in enumerate(kernel) if letter in outputs]
        taken = [axis for axis, letter in enumerate(kernel) if letter not in outputs]
        return self.kernel_initializer.along(taken, made)

    def call(self, inputs):
        x = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias_axes is not None:
            x = ops.add(x, self.bias)
        return self.activation(x)

    def compute_output_shape(self, input_shape):
        """The sizes of the letters, with those that the dots stand for."""
        inputs, _, outputs = self._letters
        sizes = self._sizes(input_shape)
        more = len(input_shape) - len(inputs)
        named = tuple(sizes[letter] for letter in outputs)
        if "..." not in self.equation:
            return named
        if self.equation.startswith("..."):
            return (*input_shape[:more], *named)
        return (*named, *input_shape[len(inputs) :])

    def _sizes(self, input_shape):
        """The size of every letter; None where it is not known."""
        inputs, _, outputs = self._letters
        dots = "..." in self.equation
        if len(input_shape) != len(inputs) and not (dots and len(input_shape) > len(inputs)):
            raise ValueError(
                f"{self.name}: the equation {self.equation!r} takes inputs with {len(inputs)} axes"
                f"{' or more' * dots}. Got shape {tuple(input_shape)}."
            )
        seen = input_shape[len(input_shape) - len(inputs) :] if self.equation.startswith("...") else input_shape
        sizes = dict(zip(inputs, seen))
        # `output_shape` leaves out the batch, which is a letter of its own unless the dots hold it
        named = outputs if self.equation.startswith("...") else outputs[1:]
        if len(named) > len(self.partial_output_shape):
            raise ValueError(
                f"{self.name}: `output_shape` must give a size for each of {named!r}. Got {self.partial_output_shape}."
            )
        for letter, size in zip(named, self.partial_output_shape):
            if size is not None and sizes.get(letter) not in (None, size):
                raise ValueError(
                    f"{self.name}: axis {letter!r} has size {sizes[letter]} in the inputs, but {size} in "
                    "`output_shape`."
                )
            sizes[letter] = sizes.get(letter) if size is None else size
        return sizes


def _parsed(equation, bias_axes):
    """The letters of inputs, kernel and outputs.

    Raises:
        ValueError: the equation or `bias_axes` cannot be used.
    """
    found = _FORM.fullmatch(equation.replace(" ", "")) if isinstance(equation, str) else None
    dots = found and (bool(found[1]), bool(found[3]))
    if found is None or dots != (bool(found[5]), bool(found[7])) or all(dots):
        raise ValueError(
            "EinsumDense: `equation` must look like 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'. "
            f"Got {equation!r}."
        )
    inputs, kernel, outputs = found[2], found[4], found[6]
    lost = [letter for letter in outputs if letter not in inputs + kernel]
    if lost:
        raise ValueError(f"EinsumDense: {lost[0]!r} is in the outputs of {equation!r}, but in neither of the others.")
    unsized = [letter for letter in kernel if letter not in inputs + outputs]
    if unsized:
        raise ValueError(f"EinsumDense: {unsized[0]!r} is in the kernel of {equation!r} alone, so it has no size.")
    if bias_axes is not None and (not bias_axes or any(letter not in outputs for letter in bias_axes)):
        raise ValueError(f"EinsumDense: `bias_axes` must be letters of the outputs {outputs!r}. Got {bias_axes!r}.")
    return inputs, kernel, outputs
