"""Dense: every output sees every input."""

from keras import constraints, initializers, ops, regularizers
from keras._core.checks import known_size, positive_integer
from keras.layers._adaptable import Adaptable
from keras.layers._base.activated import ActivationAttribute
from keras.layers._input_spec import InputSpec


class Dense(Adaptable):
    """Multiplies the last axis by a learned matrix.

    `y = activation(x @ kernel + bias)`

    Args:
        units: size of the last axis of the outputs.
        activation: a name or a function; None leaves the outputs as they are.
        use_bias: whether to add a bias.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on weights and outputs.
        kernel_constraint, bias_constraint: applied to the weights after each update.
        lora_rank, lora_alpha: with a rank, a change of low rank is trained instead of the kernel; see `enable_lora`.
        quantization_config: how the kernel is quantised, where `dtype` or `quantize` says that it is.

    Shapes:
        x: (batch, ..., features), y: (batch, ..., units).

    >>> Dense(4)(ops.ones((2, 3))).shape
    (2, 4)
    """

    # Keras 3 names it for other layers even where there is none
    _left_out_if_none = (*Adaptable._left_out_if_none, "activity_regularizer")

    activation = ActivationAttribute()

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        lora_rank=None,
        lora_alpha=None,
        quantization_config=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._take_adaptations(lora_rank, lora_alpha, quantization_config)
        self.units = positive_integer("units", units, "Dense")
        self.activation = activation
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape):
        features = known_size(input_shape, -1, self.name)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(features, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})

    def call(self, inputs):
        x = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            x = ops.add(x, self.bias)
        return self.activation(x)

    def compute_output_shape(self, input_shape):
        """The shape of the outputs."""
        return (*input_shape[:-1], self.units)
