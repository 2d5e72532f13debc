"""PReLU: negative numbers are damped by learned factors."""

from keras import constraints, initializers, ops, regularizers
from keras._core.checks import known_size
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer


class PReLU(Layer):
    """`y = x` where `x >= 0`, `alpha * x` elsewhere, with one `alpha` per element of a sample. From He et al. (2015).

    Args:
        alpha_initializer, alpha_regularizer, alpha_constraint: how the factors start, a penalty on them, and what is
            applied to them after each update.
        shared_axes: axes along which elements share a factor: [1, 2] leaves one per channel of an image. As in all
            releases, 0 stands for the last axis, -1 for the one before it, and so on.

    Raises:
        ValueError: at building, if the inputs have no such axis.

    >>> PReLU(alpha_initializer="ones")([[-1.0, 2.0]])
    Array([[-1.,  2.]], dtype=float32)
    """

    def __init__(
        self, alpha_initializer="Zeros", alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes and list(shared_axes)
        self.supports_masking = True

    def build(self, input_shape):
        rank = len(input_shape)
        shared = [self._shared_axis(axis, input_shape) for axis in self.shared_axes or ()]
        sizes = {i: known_size(input_shape, i, self.name) for i in range(1, rank) if i not in shared}
        self.alpha = self.add_weight(
            name="alpha",
            shape=tuple(sizes.get(i, 1) for i in range(1, rank)),
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        self.input_spec = InputSpec(ndim=rank, axes=sizes)

    def _shared_axis(self, axis, input_shape):
        factors = len(input_shape) - 1  # axes of `alpha`, among which `axis - 1` is counted from either end
        if not -factors <= axis - 1 < factors:
            raise ValueError(f"{self.name}: there is no axis {axis} in inputs of shape {tuple(input_shape)}.")
        return 1 + (axis - 1) % factors

    def call(self, inputs):
        return ops.where(inputs >= 0, inputs, inputs * self.alpha)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
