"""What stands for the kernel of a Dense or EinsumDense layer that is quantised."""

import numpy as np

from keras import ops
from keras.quantizers._abs_max import abs_max_quantize_grouped_with_zero_point
from keras.quantizers._config import QuantizationConfig
from keras.quantizers._derived import DerivedWeight, UnpackedWeight, stored
from keras.quantizers._float8 import LARGEST, compute_float8_amax_history, compute_float8_scale, quantize_and_dequantize
from keras.quantizers._int4 import pack_int4, unpack_int4
from keras.quantizers._quantizer import AbsMaxQuantizer

INT4_RANGE = (-8, 7)


class Form:
    """Base of the forms: the variables of a layer in place of its float weights, and the computation with them.

    `saved` names the attributes that go into files, in order.
    """

    saved = ()
    inputs_quantizer = None  # what makes integers of the inputs

    def __init__(self, layer, policy, config):
        self.layer = layer
        self.policy = policy
        self.config = config

    def take(self, weight):
        """Makes the variables from a float weight and puts them into the layer."""
        raise NotImplementedError

    def call(self, inputs):
        """The layer's outputs."""
        raise NotImplementedError

    def put(self, name, value, attribute=None, **options):
        """A frozen variable of the layer that holds `value`."""
        value = ops.convert_to_tensor(value)
        made = self.layer.add_weight(
            name=name, shape=tuple(value.shape), dtype=value.dtype.name, initializer="zeros", trainable=False, **options
        )
        made.assign(value)
        setattr(self.layer, attribute or name, made)
        return made

    def replaced(self, name):
        """The value of a float variable, which the layer loses."""
        value = ops.convert_to_tensor(getattr(self.layer, name).value)
        delattr(self.layer, name)
        return value

    def arrays(self, weight=None):
        """What is saved, by name: of the layer as it is, or as it would be with another float weight."""
        return {name: np.asarray(stored(getattr(self.layer, name))) for name in self.saved_here()}

    def saved_here(self):
        """The names in `saved` that the layer has."""
        return [name for name in self.saved if getattr(self.layer, name, None) is not None]


class KernelForm(Form):
    """Base of the forms of a kernel."""

    def __init__(self, layer, policy, config, product):
        super().__init__(layer, policy, config)
        self.product = product

    def call(self, inputs):
        """`activation(product + bias)`."""
        layer = self.layer
        y = self.multiply(inputs)
        if layer.lora_enabled:
            change = ops.multiply(
                ops.matmul(layer.lora_kernel_a, layer.lora_kernel_b), layer.lora_alpha / layer.lora_rank
            )
            y = ops.add(y, ops.cast(self.product(inputs, change), y.dtype))
        if layer.bias is not None:
            y = ops.add(y, layer.bias)
        return layer.activation(y)

    def multiply(self, inputs):
        """The product of inputs and kernel."""
        return self.product(inputs, self.float_kernel(self.layer.compute_dtype))

    def float_kernel(self, dtype):
        """The kernel that the integers stand for."""
        raise NotImplementedError


def multiply_quantized(product, x, kernel, scale, quantizer, dtype):
    """The product with integers on both sides; its gradient is that of the product of the floats they stand for.

    Args:
        product: how inputs and kernel are multiplied.
        x: float inputs, and the `quantizer` that makes them integers.
        kernel, scale: integers and what they were multiplied by, in the form in which it is kept.
        dtype: the dtype of the result.
    """
    wide = "float32" if dtype == "float16" else dtype  # sums of integers are beyond the range of float16

    @ops.custom_gradient
    def run(x):
        integers, x_scale = quantizer(x, axis=product.input_axes(x))
        both = ops.multiply(
            ops.cast(product.scale_of_inputs(x_scale, x), wide), ops.cast(product.scale_of_kernel(scale, x), wide)
        )
        y = ops.divide(ops.cast(product(integers, kernel), wide), both)

        def gradient(upstream):
            floats = ops.divide(ops.cast(kernel, wide), ops.cast(product.kernel_scale(scale), wide))
            return ops.cast(product.gradient(upstream, ops.cast(floats, upstream.dtype), x.shape), x.dtype)

        return ops.cast(y, dtype), gradient

    return run(x)


class Int8Kernel(KernelForm):
    """8-bit integers with a scale per output; inputs become 8-bit integers too unless told otherwise."""

    mode = "int8"
    saved = ("kernel", "bias", "kernel_scale")

    def take(self, weight):
        kernel, scale = self.quantized(weight)
        self.put("kernel", kernel)
        self.put("kernel_scale", scale)

    def quantized(self, weight):
        """Integers, and the scale as it is kept."""
        quantizer = QuantizationConfig.weight_quantizer_or_default(self.config, AbsMaxQuantizer())
        kernel, scale = quantizer(weight, axis=self.product.summed)
        return kernel, ops.cast(self.product.kept_scale(scale), self.layer.variable_dtype)

    @property
    def inputs_quantizer(self):
        return QuantizationConfig.activation_quantizer_or_default(self.config, AbsMaxQuantizer())

    def multiply(self, inputs):
        quantizer = self.inputs_quantizer
        kernel, scale = self.layer.kernel.value, self.layer.kernel_scale.value
        if quantizer is not None:
            return multiply_quantized(self.product, inputs, kernel, scale, quantizer, self.layer.compute_dtype)
        return super().multiply(inputs)

    def float_kernel(self, dtype):
        scale = self.product.kernel_scale(self.layer.kernel_scale.value)
        return ops.divide(ops.cast(self.layer.kernel.value, dtype), ops.cast(scale, dtype))

    def arrays(self, weight=None):
        found = super().arrays()
        if weight is not None:
            found["kernel"], found["kernel_scale"] = (np.asarray(v) for v in self.quantized(weight))
        return found


def block_size_of(policy, config):
    """Weights that share a scale, as the config says it or else the policy; None for a whole column."""
    size = config.block_size if hasattr(config, "block_size") else getattr(policy, "block_size", -1)
    return None if size in (None, -1) else size


class Int4Kernel(KernelForm):
    """4-bit integers of the kernel as a matrix, packed along its columns, with a scale per column or per block."""

    mode = "int4"
    saved = ("kernel", "bias", "kernel_scale", "kernel_zero", "g_idx")

    @property
    def block(self):
        """Rows that share a scale; None for all of them without a zero point."""
        size = block_size_of(self.policy, self.config)
        return None if size is None else min(size, self.product.rows)

    def take(self, weight):
        for name, value in self.quantized(weight).items():
            self.put(name, value, autocast=name != "g_idx")
        self.wrap()

    def wrap(self):
        """Lets the layer's `kernel` show the integers instead of the bytes."""
        self.layer.kernel = UnpackedWeight(self.layer.kernel, self.unpacked, self.product.shape)

    def quantized(self, weight):
        """The arrays by name."""
        matrix = self.product.to_matrix(ops.convert_to_tensor(weight))
        dtype = self.layer.variable_dtype
        if self.block is None:
            default = AbsMaxQuantizer(value_range=INT4_RANGE)
            quantizer = QuantizationConfig.weight_quantizer_or_default(self.config, default)
            integers, scale = quantizer(matrix, axis=0)
            packed, _, _ = pack_int4(integers, axis=-1)
            return {"kernel": packed, "kernel_scale": ops.cast(ops.reshape(scale, (-1,)), dtype)}
        integers, scale, zero = abs_max_quantize_grouped_with_zero_point(matrix, self.block, to_numpy=True)
        packed, _, _ = pack_int4(integers, axis=-1)
        groups = np.arange(self.product.rows) // self.block
        return {
            "kernel": packed, "kernel_scale": ops.cast(scale, dtype), "kernel_zero": zero,
            "g_idx": groups.astype("float32"),
        }  # fmt: skip

    def unpacked(self, packed):
        """The integers of the kernel."""
        return self.product.from_matrix(unpack_int4(packed, self.product.columns, axis=-1))

    @property
    def inputs_quantizer(self):
        return QuantizationConfig.activation_quantizer_or_default(self.config, None)

    def multiply(self, inputs):
        quantizer = self.inputs_quantizer
        if quantizer is None:
            return super().multiply(inputs)
        product, scale = self.product, self.layer.kernel_scale.value
        spread = ops.broadcast_to(scale, (product.rows, product.columns))
        kept = product.kept_scale(ops.max(product.from_matrix(spread), axis=product.summed, keepdims=True))
        return multiply_quantized(product, inputs, self.layer.kernel.value, kept, quantizer, self.layer.compute_dtype)

    def float_kernel(self, dtype):
        layer, product = self.layer, self.product
        matrix = ops.cast(unpack_int4(layer.kernel.base.value, product.columns, axis=-1), dtype)
        scale = ops.cast(layer.kernel_scale.value, dtype)
        if self.block is None:
            return product.from_matrix(ops.divide(matrix, scale))
        return product.from_matrix(blocks_to_floats(matrix, scale, layer.kernel_zero.value, layer.g_idx.value))

    def arrays(self, weight=None):
        found = super().arrays()
        if weight is not None:
            found.update((name, np.asarray(value)) for name, value in self.quantized(weight).items())
        return found


def blocks_to_floats(integers, scale, zero, groups):
    """`(integers - zero) * scale` with the scale and zero of each row's group."""
    groups = ops.cast(groups, "int32")
    scale, zero = ops.take(scale, groups, axis=0), ops.take(ops.cast(zero, integers.dtype), groups, axis=0)
    return ops.multiply(ops.subtract(integers, zero), scale)


class Float8Kernel(KernelForm):
    """The kernel stays a float; inputs, kernel and gradients are rounded to 8-bit floats with scales of their own."""

    mode = "float8"
    saved = (
        "kernel", "bias", "inputs_scale", "inputs_amax_history", "kernel_scale", "kernel_amax_history",
        "outputs_grad_scale", "outputs_grad_amax_history",
    )  # fmt: skip

    def take(self, weight):
        length = getattr(self.policy, "amax_history_length", 1024)
        for name in ("inputs", "kernel", "outputs_grad"):
            for kind, shape, start in (("scale", (), "ones"), ("amax_history", (length,), "zeros")):
                # what would be its gradient is its next value
                made = self.layer.add_weight(
                    name=f"{name}_{kind}", shape=shape, initializer=start, dtype="float32", autocast=False,
                    overwrite_with_gradient=True,
                )  # fmt: skip
                setattr(self.layer, f"{name}_{kind}", made)

    def call(self, inputs, training=None):
        layer = self.layer
        dtype = layer.compute_dtype
        x = self._rounded(ops.cast(inputs, dtype), "inputs", dtype)
        kernel = self._rounded(ops.cast(layer.kernel.value, dtype), "kernel", dtype)
        y = self._rounded_gradient(self.product(x, kernel), dtype)
        if layer.bias is not None:
            # as in Keras 3: a bias of 16 bits can be added within the same kernel
            bias = ops.cast(layer.bias, "bfloat16") if dtype == "float32" else layer.bias
            y = ops.add(y, ops.cast(bias, dtype))
        return layer.activation(y)

    def _rounded(self, x, name, dtype):
        """`x` in 8 bits; its scale and history get their next values as gradients."""

        @ops.custom_gradient
        def run(x, scale, history):
            rounded = quantize_and_dequantize(x, scale, "float8_e4m3fn", dtype)

            def gradient(upstream):
                return upstream, *_next(x, scale, history, "float8_e4m3fn")

            return rounded, gradient

        return run(x, self._scale(name), self._history(name))

    def _rounded_gradient(self, y, dtype):
        """`y` as it is, with a gradient in 8 bits."""

        @ops.custom_gradient
        def run(y, scale, history):
            def gradient(upstream):
                rounded = quantize_and_dequantize(upstream, scale, "float8_e5m2", dtype)
                return rounded, *_next(upstream, scale, history, "float8_e5m2")

            return y, gradient

        return run(y, self._scale("outputs_grad"), self._history("outputs_grad"))

    def _scale(self, name):
        return getattr(self.layer, f"{name}_scale").value

    def _history(self, name):
        return getattr(self.layer, f"{name}_amax_history").value

    def float_kernel(self, dtype):
        return ops.cast(self.layer.kernel.value, dtype)


def _next(x, scale, history, dtype):
    new_scale = compute_float8_scale(ops.max(history), scale, LARGEST[dtype])
    return new_scale, compute_float8_amax_history(x, history)


class GroupedKernel(KernelForm):
    """A few bits per weight with a scale and a zero point for each group of rows: what GPTQ and AWQ make.

    The kernel is kept as a matrix on its side, outputs first.
    """

    saved = ("bias", "quantized_kernel", "kernel_scale", "kernel_zero", "awq_scales", "g_idx")

    def __init__(self, layer, policy, config, product):
        super().__init__(layer, policy, config, product)
        self.mode = policy.quantization_mode
        self.bits = policy.weight_bits
        size = policy.group_size
        self.group = product.rows if size == -1 else min(size, product.rows)
        self.calibrated = False
        self.original = None  # the float kernel on its side, until the calibration

    def take(self, weight):
        """Rounds every weight to the nearest value that its group has: what calibration starts from."""
        matrix = np.asarray(self.product.to_matrix(ops.convert_to_tensor(weight)), "float32").T
        scale, zero = group_ranges(matrix, self.group, self.bits)
        groups = np.arange(self.product.rows) // self.group
        integers = np.clip(np.round(matrix / scale[:, groups]) + zero[:, groups], 0, 2**self.bits - 1)
        self.store(integers, scale, zero, groups, np.ones(self.product.rows) if self.mode == "awq" else None)
        self.original, self.calibrated = matrix, False

    def store(self, integers, scale, zero, groups, input_scales=None):
        """Keeps what a calibration found.

        Args:
            integers: of shape (columns, rows).
            scale, zero: of shape (columns, groups).
            groups: the group of each row.
            input_scales: what each row was multiplied by.
        """
        packed = ops.convert_to_tensor(np.asarray(integers, "uint8"))
        if self.bits == 4:
            packed, _, _ = pack_int4(packed, axis=0, dtype="uint8")
        found = {
            "quantized_kernel": packed,
            "kernel_scale": np.asarray(scale, self.layer.variable_dtype),
            "kernel_zero": np.asarray(zero, "uint8"),
            "g_idx": np.asarray(groups, "float32"),
        }
        if input_scales is not None:
            found["awq_scales"] = np.asarray(input_scales, self.layer.variable_dtype)
        for name in self.saved:
            if name not in found:
                continue
            if getattr(self.layer, name, None) is not None:
                getattr(self.layer, name).assign(found[name])
            else:
                called = self.product.weight_names.get(name, name)
                self.put(called, found[name], name, autocast=name != "g_idx")
        self.finish()

    def finish(self):
        """From now on the integers count, and not the float kernel."""
        self.calibrated = True
        self.original = None
        self.layer.kernel = GroupedWeight(self)
        self.layer._form = self  # tells that what it computes has changed

    def set_calibrated(self, value):
        """Says whether the integers count: without the float kernel there is nothing else."""
        if value:
            self.finish()
        elif self.original is not None:
            self.calibrated = False

    def float_kernel(self, dtype):
        layer, product = self.layer, self.product
        integers = self.integers()
        zero, scale = (ops.transpose(v) for v in (layer.kernel_zero.value, ops.cast(layer.kernel_scale.value, dtype)))
        return product.from_matrix(
            blocks_to_floats(ops.cast(ops.transpose(integers), dtype), scale, zero, layer.g_idx.value)
        )

    def integers(self):
        """The kernel in few bits, outputs first."""
        found = self.layer.quantized_kernel.value
        return unpack_int4(found, self.product.columns, axis=0, dtype="uint8") if self.bits == 4 else found

    def multiply(self, inputs):
        if self.original is not None:  # calibration looks at what the float kernel is given
            kernel = self.product.from_matrix(ops.convert_to_tensor(self.original.T))
            return self.product(inputs, ops.cast(kernel, inputs.dtype))
        if self.mode == "awq":  # what the rows were multiplied by is taken back from the inputs
            factor = self.product.input_scale(ops.cast(self.layer.awq_scales.value, inputs.dtype), inputs)
            inputs = ops.divide(inputs, factor)
        return super().multiply(inputs)


class GroupedWeight(DerivedWeight):
    """What `kernel` shows then: the float kernel before the calibration, the integers, outputs first, after it."""

    def __init__(self, form):
        self._form = form

    @property
    def base(self):
        """The variable that holds the integers."""
        return self._form.layer.quantized_kernel

    @property
    def value(self):
        """The weight now."""
        form = self._form
        if form.original is None:
            return form.integers()
        return form.product.from_matrix(ops.convert_to_tensor(form.original.T))

    @property
    def shape(self):
        """Sizes of the axes."""
        product = self._form.product
        return tuple(product.shape) if self._form.original is not None else (product.columns, product.rows)

    @property
    def dtype(self):
        """The dtype's name."""
        return "float32" if self._form.original is not None else "uint8"


def group_ranges(matrix, group, bits, symmetric=False, per_channel=True):
    """Scale and zero point of each group of columns of a matrix; both of shape (rows, groups).

    The range of a group holds 0, so that 0 is kept exactly.
    """
    starts = range(0, matrix.shape[1], group)
    found = [range_of(matrix[:, i : i + group], bits, symmetric, per_channel) for i in starts]
    return np.stack([s for s, _ in found], 1), np.stack([z for _, z in found], 1)


def range_of(block, bits, symmetric=False, per_channel=True):
    """Scale and zero point of each row of a block."""
    top = 2**bits - 1
    source = block if per_channel else block.reshape(1, -1)
    low, high = np.minimum(source.min(1), 0), np.maximum(source.max(1), 0)
    if symmetric:
        high = np.maximum(np.abs(low), high)
        low = np.where(low < 0, -high, low)
    empty = low == high
    low, high = np.where(empty, -1.0, low), np.where(empty, 1.0, high)
    scale = (high - low) / top
    zero = np.full_like(scale, (top + 1) / 2) if symmetric else np.round(-low / scale)
    count = block.shape[0]
    return np.broadcast_to(scale, (count,)).copy(), np.broadcast_to(zero, (count,)).copy()
