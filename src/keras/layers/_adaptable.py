"""Layers whose main weight may be kept in fewer bits, or get a change of low rank that is trained in its stead."""

from keras._core.quantized_policy import MODES
from keras.layers._layer import Layer


class _Ways:
    """How it is done: functions of a layer, which `keras.quantizers` puts here."""

    quantize = None
    build = None
    enable_lora = None
    save = None
    load = None
    saved_names = None
    own_variables = None


ways = _Ways()


class Adaptable(Layer):
    """A layer with a weight that can be quantised and adapted with low rank.

    What stands for the weight then is the `_form`: it computes in place of `call`, and says which arrays are saved.
    """

    _left_out_if_none = ("lora_rank", "lora_alpha", "quantization_config", "gptq_unpacked_column_size")
    lora_enabled = False

    def _take_adaptations(self, lora_rank, lora_alpha, quantization_config=None):
        """Keeps what a constructor was told, until the weights are there."""
        self.lora_rank = lora_rank
        self.lora_alpha = lora_rank if lora_alpha is None else lora_alpha
        self.quantization_config = quantization_config

    def _after_build(self):
        super()._after_build()
        ways.build(self)

    @property
    def inputs_quantizer(self):
        """What makes integers of the inputs of a quantised layer; None where they stay floats."""
        return None if self._form is None else self._form.inputs_quantizer

    @property
    def is_gptq_calibrated(self):
        """Whether GPTQ has chosen the integers; only layers quantised with it know."""
        return self._form_of("gptq", "is_gptq_calibrated").calibrated

    @is_gptq_calibrated.setter
    def is_gptq_calibrated(self, value):
        self._form_of("gptq", "is_gptq_calibrated").set_calibrated(value)

    @property
    def is_awq_calibrated(self):
        """Whether AWQ has chosen the integers; only layers quantised with it know."""
        return self._form_of("awq", "is_awq_calibrated").calibrated

    @is_awq_calibrated.setter
    def is_awq_calibrated(self, value):
        self._form_of("awq", "is_awq_calibrated").set_calibrated(value)

    def _form_of(self, mode, asked):
        if self._form is None or self.quantization_mode != mode:
            raise AttributeError(f"{self.name} has no `{asked}`: it is not quantised as {mode!r}.")
        return self._form

    def enable_lora(self, rank, lora_alpha=None, a_initializer="he_uniform", b_initializer="zeros"):
        """Freezes the main weight and trains a change of low rank: `weight + lora_alpha / rank * a @ b`.

        Saving adds the change to the weight, so files know nothing about it.
        Hu and others, 2021, "LoRA: Low-Rank Adaptation of Large Language Models".

        Args:
            rank: the number of columns of `a` and rows of `b`.
            lora_alpha: strength of the change; `rank` if None.
            a_initializer, b_initializer: how the two start.

        Raises:
            ValueError: it is not built, has a constraint on the weight, or is adapted already.

        >>> dense = keras.layers.Dense(64)
        >>> dense.build((None, 32))
        >>> dense.enable_lora(4)
        >>> [tuple(v.shape) for v in dense.trainable_variables]
        [(64,), (32, 4), (4, 64)]
        """
        ways.enable_lora(self, rank, lora_alpha, a_initializer, b_initializer)

    def quantize(self, mode=None, type_check=True, config=None):
        """Keeps the main weight in fewer bits from now on.

        Args:
            mode: 'int8', 'int4', 'float8', 'gptq' or 'awq'.
            type_check: whether a subclass is refused, since its own `call` would not be used.
            config: a QuantizationConfig, which may stand for `mode`.

        Raises:
            ValueError: it is not built, is quantised already, or `mode` and `config` do not fit.
            NotImplementedError: this layer has no such mode.
        """
        ways.quantize(self, mode, type_check, config)

    def quantized_build(self, input_shape, mode, config=None):
        """Makes the weights for inputs of a shape, kept as `mode` says.

        Raises:
            NotImplementedError: there is no such mode.
        """
        if mode not in MODES:
            raise NotImplementedError(f"{self.name} cannot be quantised as {mode!r}. Known modes: {', '.join(MODES)}.")
        if not self.built:
            self.build(input_shape)
        if self._form is None:
            self.quantize(mode, type_check=False, config=config)

    def quantized_call(self, *args, **kwargs):
        """What a call computes with quantised weights."""
        if self._form is None:
            raise NotImplementedError(f"{self.name} is not quantised: call quantize() first.")
        return self._form.call(*args, **kwargs)

    def _follow_policy(self, policy):
        if self.built and policy.quantization_mode is not None and self.quantization_mode is None:
            ways.quantize(self, policy.quantization_mode, False, self.quantization_config, policy)

    def _own_variables(self):
        return ways.own_variables(self, super()._own_variables())

    @property
    def variable_serialization_spec(self):
        """Names of the saved weights, in order, for each quantisation mode."""
        return ways.saved_names(self)

    def save_own_variables(self, store):
        """Puts the weights into `store`, a change of low rank added to the weight it belongs to."""
        if not ways.save(self, store):
            super().save_own_variables(store)

    def load_own_variables(self, store):
        """Takes the weights from `store`; a change of low rank starts anew from nothing."""
        if not ways.load(self, store):
            super().load_own_variables(store)
