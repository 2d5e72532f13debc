"""What stands for the vectors of an Embedding that is quantised."""

import numpy as np

from keras import ops
from keras.quantizers._abs_max import abs_max_quantize_grouped_with_zero_point
from keras.quantizers._config import QuantizationConfig
from keras.quantizers._derived import UnpackedWeight
from keras.quantizers._forms import INT4_RANGE, Form, block_size_of, blocks_to_floats, multiply_quantized
from keras.quantizers._int4 import pack_int4, unpack_int4
from keras.quantizers._products import MatrixProduct
from keras.quantizers._quantizer import AbsMaxQuantizer


class EmbeddingForm(Form):
    """Base of the forms of vectors: looked up as integers, then made floats."""

    def call(self, inputs, reverse=False):
        """The vectors of integers; or how well vectors fit each integer."""
        if reverse:
            return self.scores(inputs)
        return looked_up(self.layer, ops.cast(inputs, "int32"), self.rows)

    def scores(self, inputs):
        """The product of inputs with the vectors, or with the weights that a layer has for that."""
        layer = self.layer
        dtype = layer.reverse_dtype or layer.compute_dtype
        y = self.multiply(ops.cast(inputs, dtype), dtype)
        if layer.lora_enabled and layer.tie_weights:
            change = ops.multiply(
                ops.matmul(layer.lora_embeddings_a, layer.lora_embeddings_b), layer.lora_alpha / layer.lora_rank
            )
            y = ops.add(y, ops.matmul(ops.cast(inputs, dtype), ops.transpose(ops.cast(change, dtype))))
        cap = layer.logit_soft_cap
        return y if cap is None else ops.tanh(y / cap) * cap

    def multiply(self, x, dtype):
        """The product of inputs with quantised weights of shape (output_dim, input_dim)."""
        raise NotImplementedError

    @property
    def reverse_product(self):
        """How inputs and weights are multiplied in the reverse direction."""
        return MatrixProduct((self.layer.output_dim, self.layer.input_dim))

    @property
    def has_reverse_weights(self):
        """Whether the reverse direction has weights of its own."""
        return getattr(self.layer, "tie_weights", True) is False

    def rows(self, indices):
        """The vectors that stand at indices, as floats."""
        raise NotImplementedError

    def arrays(self, weight=None):
        found = super().arrays()
        if weight is not None:
            found.update((name, np.asarray(value)) for name, value in self.quantized(weight).items())
        return found


def looked_up(layer, indices, rows):
    """Vectors at indices, with the change of low rank if there is one."""
    found = ops.cast(rows(indices), layer.compute_dtype)
    if not layer.lora_enabled:
        return found
    a = ops.take(layer.lora_embeddings_a, indices, axis=0)
    change = ops.multiply(ops.matmul(a, layer.lora_embeddings_b), layer.lora_alpha / layer.lora_rank)
    return ops.add(found, ops.cast(change, found.dtype))


class Int8Embedding(EmbeddingForm):
    """8-bit integers with a scale per vector."""

    mode = "int8"
    saved = ("embeddings", "embeddings_scale", "reverse_embeddings", "reverse_embeddings_scale")

    def take(self, weight):
        for name, value in self.quantized(weight).items():
            self.put(name, value)
        if self.has_reverse_weights:
            integers, scale = AbsMaxQuantizer()(self.replaced("reverse_embeddings"), axis=0)
            self.put("reverse_embeddings", integers)
            self.put("reverse_embeddings_scale", ops.cast(ops.reshape(scale, (-1,)), self.layer.variable_dtype))

    @property
    def inputs_quantizer(self):
        return QuantizationConfig.activation_quantizer_or_default(self.config, AbsMaxQuantizer())

    def multiply(self, x, dtype):
        layer = self.layer
        if self.has_reverse_weights:
            kernel, scale = layer.reverse_embeddings.value, layer.reverse_embeddings_scale.value
        else:
            kernel, scale = ops.transpose(layer.embeddings.value), layer.embeddings_scale.value
        quantizer = self.inputs_quantizer
        if quantizer is not None:
            return multiply_quantized(self.reverse_product, x, kernel, scale, quantizer, dtype)
        return ops.matmul(x, ops.divide(ops.cast(kernel, dtype), ops.cast(scale, dtype)))

    def quantized(self, weight):
        """The arrays by name."""
        quantizer = QuantizationConfig.weight_quantizer_or_default(self.config, AbsMaxQuantizer())
        integers, scale = quantizer(weight, axis=-1)
        scale = ops.cast(ops.reshape(scale, (-1,)), self.layer.variable_dtype)
        return {"embeddings": integers, "embeddings_scale": scale}

    def rows(self, indices):
        layer = self.layer
        integers = ops.cast(ops.take(layer.embeddings, indices, axis=0), layer.compute_dtype)
        scale = ops.cast(ops.take(layer.embeddings_scale, indices, axis=0), layer.compute_dtype)
        return ops.divide(integers, ops.expand_dims(scale, -1))


class Int4Embedding(EmbeddingForm):
    """4-bit integers, packed along the vectors, with a scale per vector or per block of one."""

    mode = "int4"
    saved = (
        "embeddings", "embeddings_scale", "embeddings_zero", "g_idx", "reverse_embeddings", "reverse_embeddings_scale",
        "reverse_embeddings_zero",
    )  # fmt: skip

    @property
    def inputs_quantizer(self):
        return QuantizationConfig.activation_quantizer_or_default(self.config, None)

    @property
    def block(self):
        """Numbers of a vector that share a scale; None for all of them without a zero point."""
        size = block_size_of(self.policy, self.config)
        return None if size is None else min(size, self.layer.output_dim)

    def take(self, weight):
        for name, value in self.quantized(weight).items():
            self.put(name, value, autocast=name != "g_idx")
        layer = self.layer
        shape = (layer.input_dim, layer.output_dim)
        layer.embeddings = UnpackedWeight(layer.embeddings, self.unpacked, shape)
        if self.has_reverse_weights:
            self.take_reverse(self.replaced("reverse_embeddings"))

    def take_reverse(self, weight):
        """Makes the variables of the reverse direction, packed and in blocks along their first axis."""
        layer, dtype = self.layer, self.layer.variable_dtype
        if self.block is None:
            integers, scale = AbsMaxQuantizer(value_range=INT4_RANGE)(weight, axis=0)
            found = {"reverse_embeddings_scale": ops.cast(ops.reshape(scale, (-1,)), dtype)}
        else:
            integers, scale, zero = abs_max_quantize_grouped_with_zero_point(weight, self.block, to_numpy=True)
            found = {
                "reverse_embeddings_scale": ops.cast(scale, dtype),
                "reverse_embeddings_zero": ops.cast(zero, dtype),
            }
        found = {"reverse_embeddings": pack_int4(integers, axis=0)[0], **found}
        for name, value in found.items():
            self.put(name, value)
        layer.reverse_embeddings = UnpackedWeight(
            layer.reverse_embeddings, self.unpacked_reverse, (layer.output_dim, layer.input_dim)
        )

    def unpacked_reverse(self, packed):
        """The integers of the reverse direction."""
        return unpack_int4(packed, self.layer.output_dim, axis=0)

    def multiply(self, x, dtype):
        layer = self.layer
        quantizer = self.inputs_quantizer
        if self.block is None:
            own = self.has_reverse_weights
            kernel = layer.reverse_embeddings.value if own else ops.transpose(layer.embeddings.value)
            scale = (layer.reverse_embeddings_scale if own else layer.embeddings_scale).value
            if quantizer is not None:
                return multiply_quantized(self.reverse_product, x, kernel, scale, quantizer, dtype)
            return ops.matmul(x, ops.divide(ops.cast(kernel, dtype), ops.cast(scale, dtype)))
        if not self.has_reverse_weights:
            return ops.matmul(x, ops.transpose(ops.cast(self.rows(ops.arange(layer.input_dim)), dtype)))
        integers = ops.cast(layer.reverse_embeddings.value, dtype)
        scale = ops.cast(layer.reverse_embeddings_scale.value, dtype)
        return ops.matmul(x, blocks_to_floats(integers, scale, layer.reverse_embeddings_zero.value, layer.g_idx.value))

    def unpacked(self, packed):
        """The integers."""
        return unpack_int4(packed, self.layer.output_dim, axis=-1)

    def quantized(self, weight):
        """The arrays by name."""
        dtype = self.layer.variable_dtype
        if self.block is None:
            default = AbsMaxQuantizer(value_range=INT4_RANGE)
            quantizer = QuantizationConfig.weight_quantizer_or_default(self.config, default)
            integers, scale = quantizer(weight, axis=-1)
            packed, _, _ = pack_int4(integers, axis=-1)
            return {"embeddings": packed, "embeddings_scale": ops.cast(ops.reshape(scale, (-1,)), dtype)}
        integers, scale, zero = abs_max_quantize_grouped_with_zero_point(
            ops.transpose(weight), self.block, to_numpy=True
        )
        packed, _, _ = pack_int4(ops.transpose(integers), axis=-1)
        groups = np.arange(self.layer.output_dim) // self.block
        return {
            "embeddings": packed, "embeddings_scale": ops.cast(ops.transpose(scale), dtype),
            "embeddings_zero": ops.transpose(zero), "g_idx": groups.astype("float32"),
        }  # fmt: skip

    def rows(self, indices):
        layer, dtype = self.layer, self.layer.compute_dtype
        packed = ops.take(layer.embeddings.base, indices, axis=0)
        integers = ops.cast(unpack_int4(packed, layer.output_dim, axis=-1), dtype)
        scale = ops.cast(ops.take(layer.embeddings_scale, indices, axis=0), dtype)
        if self.block is None:
            return ops.divide(integers, ops.expand_dims(scale, -1))
        zero = ops.cast(ops.take(layer.embeddings_zero, indices, axis=0), dtype)
        groups = ops.cast(layer.g_idx.value, "int32")
        return ops.multiply(ops.subtract(integers, ops.take(zero, groups, axis=-1)), ops.take(scale, groups, axis=-1))


class LowRankEmbedding(Form):
    """Float vectors with a change of low rank, of which only the rows that are asked for are computed."""

    mode = None
    saved = ("embeddings", "reverse_embeddings")

    def call(self, inputs, **kwargs):
        """The vectors of integers; the reverse direction is that of the layer itself."""
        if kwargs.get("reverse"):
            return self.layer.call(inputs, **kwargs)
        base = self.layer.embeddings.base
        return looked_up(self.layer, ops.cast(inputs, "int32"), lambda indices: ops.take(base, indices, axis=0))

    def arrays(self, weight=None):
        found = super().arrays()
        if weight is not None:
            found["embeddings"] = np.asarray(weight)
        return found
