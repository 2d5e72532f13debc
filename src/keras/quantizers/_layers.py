"""What layers with an adaptable weight do when they are quantised, adapted, saved and loaded."""

import contextlib

import numpy as np

from keras import initializers, ops
from keras._core.checks import one_of, positive_integer
from keras._core.dtype_policy import policy_from
from keras._core.names import name_scope
from keras._core.quantized_policy import MODES
from keras._core.serialization import deserialize
from keras.layers._adaptable import ways
from keras.layers._conv import Conv
from keras.layers._dense import Dense
from keras.layers._einsum_dense import EinsumDense
from keras.layers._embedding import Embedding
from keras.layers._reversible_embedding import ReversibleEmbedding
from keras.quantizers._config import (
    Float8QuantizationConfig,
    Int4QuantizationConfig,
    Int8QuantizationConfig,
    QuantizationConfig,
)
from keras.quantizers._derived import DerivedWeight, LowRankWeight, stored
from keras.quantizers._embedding_forms import Int4Embedding, Int8Embedding, LowRankEmbedding
from keras.quantizers._forms import Float8Kernel, GroupedKernel, Int4Kernel, Int8Kernel
from keras.quantizers._products import EinsumProduct, MatrixProduct

_KERNEL_FORMS = {
    "int8": Int8Kernel, "int4": Int4Kernel, "float8": Float8Kernel, "gptq": GroupedKernel, "awq": GroupedKernel,
}  # fmt: skip
_EMBEDDING_FORMS = {"int8": Int8Embedding, "int4": Int4Embedding}

_DEFAULT_CONFIGS = {
    "int8": Int8QuantizationConfig, "int4": Int4QuantizationConfig, "float8": Float8QuantizationConfig,
}  # fmt: skip


def forms_of(layer):
    """The layer's class that says how it is done, and the forms it can take by mode."""
    for cls, product, forms in (
        (Dense, lambda layer: MatrixProduct(layer.kernel.shape), _KERNEL_FORMS),
        (EinsumDense, EinsumProduct, _KERNEL_FORMS),
        (ReversibleEmbedding, None, _EMBEDDING_FORMS),
        (Embedding, None, _EMBEDDING_FORMS),
    ):
        if isinstance(layer, cls):
            return cls, product, forms
    return Conv, None, {}


def main_weight(layer):
    """The name of the weight that is quantised or adapted."""
    return "embeddings" if isinstance(layer, Embedding) else "kernel"


def quantize(layer, mode=None, type_check=True, config=None, policy=None):
    """Gives a built layer the form that `mode` or `config` asks for."""
    mode = checked_mode(mode, config)
    if not layer.built:
        raise ValueError(f"{layer.name} is not built yet, so it has no weights to quantise. Call it on data first.")
    if layer.quantization_mode is not None:
        raise ValueError(f"{layer.name} is quantised already, as {layer.dtype_policy.name!r}. Got {mode!r}.")
    if mode in ("gptq", "awq") and config is None:
        raise ValueError(
            f"{layer.name}: mode {mode!r} needs a `config`, which says how many bits there are and which data shows "
            "what matters.\n  A policy alone says neither to a layer that has its weights."
        )
    cls, product, forms = forms_of(layer)
    if mode not in forms:
        raise NotImplementedError(f"{type(layer).__name__} cannot be quantised as {mode!r}.")
    if type_check and type(layer) is not cls:
        raise NotImplementedError(
            f"{type(layer).__name__} is a subclass of {cls.__name__}, whose `call` quantised weights would pass by.\n"
            "  If that is what you want, pass type_check=False."
        )
    if mode == "float8" and layer.lora_enabled:
        raise NotImplementedError(f"{layer.name}: a layer with a change of low rank cannot be quantised as 'float8'.")
    if config is None and mode in _DEFAULT_CONFIGS:
        config = _DEFAULT_CONFIGS[mode]()
    if policy is None:
        policy = policy_from(f"{config.dtype_policy_string()}_from_{layer.dtype_policy.name}")
    _take_form(layer, policy, config, product, forms[mode])


def _take_form(layer, policy, config, product, form_class):
    name = main_weight(layer)
    weight = getattr(layer, name)
    variable = weight.base if isinstance(weight, LowRankWeight) else weight
    arguments = (policy, config) if product is None else (policy, config, product(layer))
    form = form_class(layer, *arguments)
    if form_class is not Float8Kernel:
        setattr(layer, name, variable)
        delattr(layer, name)
        if config is not None:
            config = config.from_config(config.get_config()) if policy.quantization_mode in ("gptq", "awq") else config
            form.config = config
    layer._policy = policy
    layer.quantization_config = config
    with_value = ops.convert_to_tensor(stored(variable))
    if form_class is GroupedKernel:
        setattr(layer, name, None)
    with _scope_of(layer):
        form.take(with_value)
    layer._form = form


@contextlib.contextmanager
def _scope_of(layer):
    """The name scope in which the layer was built, so that new variables have paths like the others."""
    if layer._scope_open:  # it is being built
        yield
        return
    layer._scope_open = True
    try:
        with name_scope(layer.path):
            yield
    finally:
        layer._scope_open = False


def checked_mode(mode, config):
    """The mode that `mode` and `config` agree on."""
    if config is not None and not isinstance(config, QuantizationConfig):
        raise ValueError(f"quantize: `config` must be a QuantizationConfig. Got {config!r}.")
    if mode is None and config is None:
        raise ValueError("quantize: pass `mode` or `config`.")
    if mode is None:
        mode = config.mode
    one_of("mode", mode, MODES, "quantize")
    if config is not None and config.mode != mode:
        raise ValueError(f"quantize: `mode` is {mode!r}, but `config` is for {config.mode!r}.")
    return mode


def after_build(layer):
    """Gives a layer that was just built the form that its constructor asked for."""
    if isinstance(layer.quantization_config, dict):
        layer.quantization_config = deserialize(layer.quantization_config)
    mode = layer._policy.quantization_mode
    config = layer.quantization_config
    if mode is None and isinstance(config, QuantizationConfig):
        mode = config.mode
    if mode is not None and layer._form is None:
        _, product, forms = forms_of(layer)
        if mode not in forms:
            raise NotImplementedError(
                f"{layer.name}: {type(layer).__name__} cannot be quantised as {mode!r}, as its dtype policy "
                f"{layer._policy.name!r} asks."
            )
        quantized = layer._policy.quantization_mode is not None
        policy = (
            layer._policy if quantized else policy_from(f"{config.dtype_policy_string()}_from_{layer._policy.name}")
        )
        before = list(layer._variables)
        _take_form(layer, policy, config or _default_config(policy), product, forms[mode])
        if mode == "float8":  # Keras 3 makes the scales first where the policy comes before the weights
            made = [v for v in layer._variables if all(v is not b for b in before)]
            layer._variables[:] = [*made, *before]
    if layer.lora_rank and not layer.lora_enabled:
        enable_lora(layer, layer.lora_rank, layer.lora_alpha)


def _default_config(policy):
    mode = policy.quantization_mode
    if mode == "int4":
        size = getattr(policy, "block_size", -1)
        return Int4QuantizationConfig(block_size=None if size == -1 else size)
    return _DEFAULT_CONFIGS[mode]() if mode in _DEFAULT_CONFIGS else None


def enable_lora(layer, rank, lora_alpha=None, a_initializer="he_uniform", b_initializer="zeros"):
    """Freezes the main weight of a built layer and adds a change of low rank."""
    name = main_weight(layer)
    rank = positive_integer("rank", rank, "enable_lora")
    if getattr(layer, f"{name}_constraint", None) is not None:
        raise ValueError(
            f"{layer.name}: `{name}_constraint` cannot hold for the sum of a weight and a change of low rank.\n"
            "  Leave the constraint out."
        )
    if not layer.built:
        raise ValueError(f"{layer.name} is not built yet, so there is no weight to adapt. Call it on data first.")
    if layer.lora_enabled:
        raise ValueError(f"{layer.name} has a change of low rank already.")
    if layer.quantization_mode in ("float8", "gptq", "awq"):
        raise NotImplementedError(f"{layer.name}: weights kept as {layer.quantization_mode!r} cannot be adapted.")
    weight = getattr(layer, name)
    shape = tuple(weight.shape)
    options = {"regularizer": getattr(layer, f"{name}_regularizer", None), "dtype": layer.variable_dtype}
    with _scope_of(layer):
        a = layer.add_weight((*shape[:-1], rank), initializers.get(a_initializer), name=f"lora_{name}_a", **options)
        b = layer.add_weight((rank, shape[-1]), initializers.get(b_initializer), name=f"lora_{name}_b", **options)
    setattr(layer, f"lora_{name}_a", a)
    setattr(layer, f"lora_{name}_b", b)
    layer.lora_rank = rank
    layer.lora_alpha = rank if lora_alpha is None else lora_alpha
    layer.lora_enabled = True
    if layer._form is not None:
        return
    weight.trainable = False
    layer._to_train.remove(weight)
    setattr(layer, name, LowRankWeight(weight, a, b, layer.lora_alpha / rank))
    if isinstance(layer, Embedding):
        layer._form = LowRankEmbedding(layer, layer._policy, None)


def own_variables(layer, found):
    """Variables of a layer in the order of Keras 3: a frozen weight stays before those that are trained for it."""
    weight = getattr(layer, main_weight(layer), None)
    if not isinstance(weight, LowRankWeight):
        return found
    return [weight.base, *(v for v in found if v is not weight.base)]


def changed_weight(layer):
    """The weight with its change of low rank, as an array."""
    name = main_weight(layer)
    a, b = (getattr(layer, f"lora_{name}_{part}").numpy() for part in "ab")
    change = np.matmul(a, b) * (layer.lora_alpha / layer.lora_rank)
    weight = getattr(layer, name)
    if isinstance(weight, LowRankWeight):
        return weight.base.numpy() + change
    if hasattr(layer._form, "float_kernel"):
        return np.asarray(layer._form.float_kernel(layer.variable_dtype)) + change
    return np.asarray(layer._form.rows(np.arange(layer.input_dim))) + change


def saved_names(layer):
    """Names of the saved weights by mode."""
    name = main_weight(layer)
    _, _, forms = forms_of(layer)
    spec = {None: ["kernel", "bias"] if name == "kernel" else ["embeddings", "reverse_embeddings"]}
    for mode, form in forms.items():
        spec[mode] = [n for n in form.saved if mode == "awq" or n != "awq_scales"]
    reverse = hasattr(layer, "tie_weights")
    return {mode: [n for n in names if reverse or not n.startswith("reverse")] for mode, names in spec.items()}


def save(layer, store):
    """Puts the arrays of an adapted layer into `store`; False if it is not adapted."""
    changed = changed_weight(layer) if layer.lora_enabled else None
    if layer._form is not None:
        arrays = layer._form.arrays(changed)
    elif changed is not None:
        arrays = {"kernel": changed, **({} if layer.bias is None else {"bias": layer.bias.numpy()})}
    else:
        return False
    for i, value in enumerate(arrays.values()):
        store[str(i)] = value
    return True


def load(layer, store):
    """Takes the arrays of an adapted layer from `store`; False if it is not adapted."""
    if layer._form is None and not layer.lora_enabled:
        return False
    if layer._form is not None:
        names = layer._form.saved_here()
    else:
        names = [name for name in ("kernel", "bias") if getattr(layer, name) is not None]
    if len(store.keys()) != len(names):
        raise ValueError(
            f"Layer {layer.name!r} has {len(names)} saved variables ({', '.join(names)}), but the file holds "
            f"{len(store.keys())} for it."
        )
    for i, name in enumerate(names):
        weight = getattr(layer, name)
        (weight.base if isinstance(weight, DerivedWeight) else weight).assign(store[str(i)])
    if layer.lora_enabled:
        for part in "ab":
            variable = getattr(layer, f"lora_{main_weight(layer)}_{part}")
            variable.assign(np.zeros(variable.shape))
    if isinstance(layer._form, GroupedKernel):
        layer._form.finish()
    return True


ways.quantize = quantize
ways.build = after_build
ways.enable_lora = enable_lora
ways.save = save
ways.load = load
ways.saved_names = saved_names
ways.own_variables = own_variables
