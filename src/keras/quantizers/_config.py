"""How a layer or a model is to be quantised."""

from keras._core.checks import one_of, positive_integer
from keras._core.configurable import Configurable
from keras._core.quantized_policy import GPTQ_BITS
from keras._core.serialization import deserialize
from keras.quantizers._quantizer import AbsMaxQuantizer


class QuantizationConfig(Configurable):
    """Base of the classes that say how weights and inputs are quantised.

    Args:
        weight_quantizer: a Quantizer for weights; None takes that of the mode.
        activation_quantizer: a Quantizer for inputs; None leaves them as floats.
    """

    def __init__(self, weight_quantizer=None, activation_quantizer=None):
        self.weight_quantizer = _quantizer(weight_quantizer)
        self.activation_quantizer = _quantizer(activation_quantizer)

    @property
    def mode(self):
        """The name of the way to quantise."""
        raise NotImplementedError(
            f"{type(self).__name__} has no `mode`: use a subclass such as Int8QuantizationConfig."
        )

    def dtype_policy_string(self):
        """The first part of the name of a quantised layer's dtype policy."""
        return self.mode

    @staticmethod
    def weight_quantizer_or_default(config, default):
        """The weight quantizer of a config, or `default` where there is no config or it has none."""
        return default if config is None or config.weight_quantizer is None else config.weight_quantizer

    @staticmethod
    def activation_quantizer_or_default(config, default):
        """The activation quantizer of a config, or `default` where there is no config."""
        return default if config is None else config.activation_quantizer

    @classmethod
    def from_config(cls, config):
        """An object from what `get_config` returned."""
        return cls(**{name: deserialize(value) for name, value in config.items()})


class Int8QuantizationConfig(QuantizationConfig):
    """Weights, and inputs unless told otherwise, as 8-bit integers.

    Args:
        weight_quantizer: a Quantizer for weights; None uses the whole range for each output.
        activation_quantizer: a Quantizer for inputs; None leaves them as floats.

    >>> model.quantize(config=keras.quantizers.Int8QuantizationConfig(activation_quantizer=None))
    """

    mode = "int8"

    def __init__(self, weight_quantizer=None, activation_quantizer="default"):
        if activation_quantizer == "default":
            activation_quantizer = AbsMaxQuantizer()
        super().__init__(weight_quantizer, activation_quantizer)
        _check_weight_quantizer(self)


class Int4QuantizationConfig(QuantizationConfig):
    """Weights as 4-bit integers, two to a byte.

    Args:
        weight_quantizer: a Quantizer for weights; None uses the whole range.
        activation_quantizer: a Quantizer for inputs; None, and 'default', leave them as floats.
        block_size: how many weights of an output share a scale; None or -1 is all of them. Smaller blocks are more
            accurate. They have quantizers of their own.
    """

    mode = "int4"

    def __init__(self, weight_quantizer=None, activation_quantizer="default", block_size=128):
        super().__init__(weight_quantizer, None if activation_quantizer == "default" else activation_quantizer)
        if block_size not in (None, -1):
            positive_integer("block_size", block_size, "Int4QuantizationConfig")
            if self.weight_quantizer is not None or self.activation_quantizer is not None:
                raise ValueError(
                    "Int4QuantizationConfig: quantizers cannot be chosen with blocks. "
                    f"Got a quantizer and `block_size`={block_size!r}.\n  Pass block_size=None."
                )
        self.block_size = block_size
        _check_weight_quantizer(self)

    def dtype_policy_string(self):
        """The first part of the name of a quantised layer's dtype policy."""
        return f"int4/{-1 if self.block_size is None else self.block_size}"


class Float8QuantizationConfig(QuantizationConfig):
    """Products of 8-bit floats, for training as well."""

    mode = "float8"

    def __init__(self):
        super().__init__()


class _Calibrated(QuantizationConfig):
    """Weights in a few bits, chosen by looking at what goes through the layers."""

    def _check_numbers(self):
        owner = type(self).__name__
        for name in ("num_samples", "sequence_length"):
            positive_integer(name, getattr(self, name), owner)
        if self.group_size != -1:
            positive_integer("group_size", self.group_size, owner)

    def dtype_policy_string(self):
        """The first part of the name of a quantised layer's dtype policy."""
        return f"{self.mode}/{self.weight_bits}/{self.group_size}"

    def _argument(self, name):
        # data and functions stay with the program
        return None if name in ("dataset", "tokenizer", "quantization_layer_structure") else super()._argument(name)


class GPTQConfig(_Calibrated):
    """Weights rounded one after the other, each time correcting the rest for the error made.

    Frantar and others, 2022, "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers".

    Args:
        dataset: texts, or rows of token numbers, to look at.
        tokenizer: a function from a text to token numbers, or an object with `tokenize`; not needed for numbers.
        weight_bits: 2, 3, 4 or 8.
        num_samples: how many sequences to look at.
        per_channel: whether each output has a scale, rather than all of them one.
        sequence_length: how long the sequences are.
        hessian_damping: what is added to the diagonal of the second derivatives, as a share of its mean, from 0 to 1.
        group_size: how many weights of an output share a scale; -1 is all of them.
        symmetric: whether 0 lies in the middle of the range.
        activation_order: whether weights with the largest inputs come first.
        quantization_layer_structure: a dict with 'pre_block_layers' and 'sequential_blocks', which says what the model
            is made of; that of `model.get_quantization_layer_structure` if None.
    """

    mode = "gptq"

    def __init__(
        self,
        dataset,
        tokenizer,
        *,
        weight_bits=4,
        num_samples=128,
        per_channel=True,
        sequence_length=512,
        hessian_damping=0.01,
        group_size=128,
        symmetric=False,
        activation_order=False,
        quantization_layer_structure=None,
    ):
        super().__init__()
        self.dataset = dataset
        self.tokenizer = tokenizer
        self.weight_bits = one_of("weight_bits", weight_bits, GPTQ_BITS, "GPTQConfig")
        self.num_samples = num_samples
        self.per_channel = per_channel
        self.sequence_length = sequence_length
        if not 0 <= hessian_damping <= 1:
            raise ValueError(f"GPTQConfig: `hessian_damping` must be from 0 to 1. Got {hessian_damping!r}.")
        self.hessian_damping = hessian_damping
        self.group_size = group_size
        self.symmetric = symmetric
        self.activation_order = activation_order
        self.quantization_layer_structure = quantization_layer_structure
        self._check_numbers()


class AWQConfig(_Calibrated):
    """4-bit weights, those with large inputs scaled up before rounding.

    Lin and others, 2023, "AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration".

    Args:
        dataset: texts, or rows of token numbers, to look at.
        tokenizer: a function from a text to token numbers, or an object with `tokenize`; not needed for numbers.
        weight_bits: 4.
        num_samples: how many sequences to look at.
        sequence_length: how long the sequences are.
        group_size: how many weights of an output share a scale; -1 is all of them.
        num_grid_points: how many strengths of the scaling to try.
        quantization_layer_structure: as for GPTQConfig.
    """

    mode = "awq"

    def __init__(
        self,
        dataset,
        tokenizer,
        *,
        weight_bits=4,
        num_samples=128,
        sequence_length=512,
        group_size=128,
        num_grid_points=20,
        quantization_layer_structure=None,
    ):
        super().__init__()
        self.dataset = dataset
        self.tokenizer = tokenizer
        self.weight_bits = one_of("weight_bits", weight_bits, (4,), "AWQConfig")
        self.num_samples = num_samples
        self.sequence_length = sequence_length
        self.group_size = group_size
        self.num_grid_points = positive_integer("num_grid_points", num_grid_points, "AWQConfig")
        self.quantization_layer_structure = quantization_layer_structure
        self._check_numbers()


def _quantizer(value):
    return deserialize(value, module="keras.quantizers") if isinstance(value, dict) else value


def _check_weight_quantizer(config):
    dtype = getattr(config.weight_quantizer, "output_dtype", "int8")
    if dtype != "int8":
        raise ValueError(
            f"{type(config).__name__}: `weight_quantizer` must give 'int8', also for 4 bits. Got {dtype!r}."
        )
