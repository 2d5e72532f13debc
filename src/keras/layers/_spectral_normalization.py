"""Spectral normalisation: a kernel whose largest singular value is 1."""

from keras import ops
from keras._core import limits
from keras._core.checks import positive_integer
from keras.layers._wrapper import Wrapper


class SpectralNormalization(Wrapper):
    """Divides a layer's kernel by its largest singular value, before each step of training.

    `v = normalized(u W^T)`, `u = normalized(v W)`, `W = W / (v W u^T)`, from Miyato et al., "Spectral Normalization
    for Generative Adversarial Networks" (2018). In inference the kernel stays as it is.

    Args:
        layer: a layer with a `kernel` or `embeddings`.
        power_iterations: how often `v` and `u` are computed each time.

    >>> SpectralNormalization(Conv2D(2, 2))(ops.ones((1, 10, 10, 1)), training=True).shape
    (1, 9, 9, 2)
    """

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer, **kwargs)
        self.power_iterations = positive_integer("power_iterations", power_iterations, "SpectralNormalization")
        limits.check_repeats("power_iterations", power_iterations)

    def build(self, input_shape):
        super().build(input_shape)
        self.kernel = getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))
        if self.kernel is None:
            raise ValueError(
                f"{self.name}: `layer` must have a `kernel` or `embeddings`. "
                f"Got {type(self.layer).__name__}, which has neither."
            )
        self.kernel_shape = tuple(self.kernel.shape)
        self.vector_u = self.add_weight(
            name="vector_u", shape=(1, self.kernel_shape[-1]), initializer="truncated_normal", trainable=False
        )

    def call(self, inputs, training=False):
        if training:
            u, kernel = self.normalized_weights()
            self.vector_u.assign(ops.cast(u, self.vector_u.dtype))
            self.kernel.assign(ops.cast(kernel, self.kernel.dtype))
        return ops.cast(self.layer(inputs), self.compute_dtype)

    def normalized_weights(self):
        """The next `vector_u`, and the kernel divided by its largest singular value as far as `u` shows it."""
        kernel = ops.convert_to_tensor(self.kernel)
        matrix, u = ops.reshape(kernel, (-1, self.kernel_shape[-1])), ops.convert_to_tensor(self.vector_u)
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, ops.transpose(matrix)), axis=None)
            u = ops.normalize(ops.matmul(v, matrix), axis=None)
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))
        return u, ops.reshape(matrix / sigma, self.kernel_shape)

    def compute_output_shape(self, input_shape):
        """The shape of the layer's outputs."""
        return self.layer.compute_output_shape(input_shape)
