"""The few global settings: float type, epsilon, axis order, dtype policy, how much is printed.

They come, later ones winning, from `keras.json` in the Keras home folder, from the environment (`KERAS_FLOATX`,
`KERAS_EPSILON`, `KERAS_IMAGE_DATA_FORMAT`), and from the functions below.
"""

import os
import threading
import warnings
from collections.abc import Callable

from keras._core.checks import one_of
from keras._core.dtype_policy import DTypePolicy, policy_from
from keras._core.dtype_policy import default as default_policy_name
from keras._core.home import read_settings
from keras._core.policy_map import DTypePolicyMap
from keras._core.quantized_policy import QuantizedDTypePolicy

__all__ = [
    "backend",
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_jit_cache",
    "disable_traceback_filtering",
    "dtype_policy",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_jit_cache",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_jit_cache_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "max_epochs",
    "max_steps_per_epoch",
    "set_backend",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_max_epochs",
    "set_max_steps_per_epoch",
]

FLOATS = ("float16", "bfloat16", "float32", "float64")
AXIS_ORDERS = ("channels_last", "channels_first")


UNSAFE = (
    "enable_unsafe_deserialization: files are not trusted for a whole process here.\n"
    "  Trust one file, in the call that reads it: keras.saving.load_model(path, safe_mode=False),\n"
    "  or pass the functions that it needs: custom_objects={...}."
)


class _Settings:
    floatx = "float32"
    epsilon = 1e-7
    image_data_format = "channels_last"
    dtype_policy: DTypePolicy | None = None
    interactive_logging = True
    traceback_filtering = True
    flash_attention: bool | None = None
    jit_cache = True
    max_epochs: int | None = None
    max_steps_per_epoch: int | None = None


_settings = _Settings()
_lock = threading.RLock()
_on_floatx_change: list[Callable[[str], None]] = []
_on_jit_cache_change: list[Callable[[bool], None]] = []


def on_floatx_change(function: Callable[[str], None]) -> None:
    """Calls `function` with the float type now and at every change: how the engine learns that it needs 64 bits."""
    _on_floatx_change.append(function)
    function(_settings.floatx)


def on_jit_cache_change(function: Callable[[bool], None]) -> None:
    """Calls `function` now and at every change with whether compiled programs are kept on disk."""
    _on_jit_cache_change.append(function)
    function(_settings.jit_cache)


def floatx() -> str:
    """The default float type, 'float32' unless set.

    >>> floatx()
    'float32'
    """
    return _settings.floatx


def set_floatx(value: str) -> None:
    """Sets the default float type: 'float16', 'bfloat16', 'float32' or 'float64'.

    'float64' turns on 64-bit computation for the whole process.
    """
    _settings.floatx = one_of("value", value, FLOATS, owner="set_floatx")
    for function in _on_floatx_change:
        function(_settings.floatx)


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite, 1e-7 unless set."""
    return _settings.epsilon


def set_epsilon(value: float) -> None:
    """Sets the number `epsilon()` returns."""
    number = _positive_number(value)
    if number is None:
        raise ValueError(f"set_epsilon: `value` must be a positive number. Got {value!r}.")
    _settings.epsilon = number


def image_data_format() -> str:
    """The axis order of images: 'channels_last', unless set to 'channels_first'."""
    return _settings.image_data_format


def set_image_data_format(data_format: str) -> None:
    """Sets the axis order of images that layers use when they are not told one."""
    _settings.image_data_format = one_of(
        "data_format", str(data_format).lower(), AXIS_ORDERS, owner="set_image_data_format"
    )


def standard_data_format(data_format: str | None, owner: str = "") -> str:
    """`data_format`, or the global setting where it is None."""
    if data_format is None:
        return _settings.image_data_format
    return one_of("data_format", str(data_format).lower(), AXIS_ORDERS, owner=owner)


def dtype_policy() -> DTypePolicy:
    """The policy layers take when they are not given a dtype; follows `floatx()` unless set."""
    return _settings.dtype_policy or policy_from(_settings.floatx)


def set_dtype_policy(policy) -> None:
    """Sets the default policy from a DTypePolicy or a name such as 'mixed_bfloat16'.

    A policy that quantises, such as 'int8_from_float32', holds for layers that can; a DTypePolicyMap names layers.

    Raises:
        ValueError: it is no policy.
    """
    if policy is None:
        raise ValueError(
            "set_dtype_policy: `policy` must be a DTypePolicy or a name such as 'mixed_bfloat16'. Got None.\n"
            "  To compute in the default float type, pass keras.config.floatx()."
        )
    _settings.dtype_policy = policy_from(policy)


def forget_dtype_policy() -> None:
    """Lets the default policy follow `floatx()` again."""
    _settings.dtype_policy = None


def _plain_policy_name() -> str:
    """The name of the global policy without what it says about quantisation or single layers."""
    policy = dtype_policy()
    if isinstance(policy, DTypePolicyMap):
        policy = policy.default_policy
    return policy.source_name if isinstance(policy, QuantizedDTypePolicy) else policy.name


default_policy_name.name = _plain_policy_name


def backend() -> str:
    """The engine's name: always 'jax'."""
    return "jax"


def set_backend(backend: str) -> None:
    """Accepts 'jax', the one engine there is; any other name is an error."""
    if backend != "jax":
        raise ValueError(f"set_backend: this Keras computes on JAX only. Got {backend!r}.")


def enable_interactive_logging() -> None:
    """Progress goes to standard output, as a bar (the default)."""
    _settings.interactive_logging = True


def disable_interactive_logging() -> None:
    """Progress goes to Python's `logging` instead of standard output."""
    _settings.interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Whether progress goes to standard output."""
    return _settings.interactive_logging


def enable_traceback_filtering() -> None:
    """Leaves this package's own frames out of the tracebacks of errors (the default)."""
    _settings.traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Keeps this package's own frames in tracebacks."""
    _settings.traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """Whether this package's own frames are left out of tracebacks."""
    return _settings.traceback_filtering


def enable_flash_attention() -> None:
    """Attention uses the platform's fused kernel wherever that can compute it, as it does unless told otherwise."""
    _settings.flash_attention = True


def disable_flash_attention() -> None:
    """Attention is computed by its formula, unless a call asks for the platform's fused kernel."""
    _settings.flash_attention = False


def is_flash_attention_enabled() -> bool | None:
    """True or False as set; None, the default, lets the engine use the fused kernel where it can."""
    return _settings.flash_attention


def enable_jit_cache() -> None:
    """Keeps compiled programs on disk, in `jit_cache` below the Keras home folder (the default)."""
    _set_jit_cache(True)


def disable_jit_cache() -> None:
    """Keeps programs that are compiled from now on in memory only, as the variable `KERAS_JIT_CACHE=0` does."""
    _set_jit_cache(False)


def is_jit_cache_enabled() -> bool:
    """Whether compiled programs are kept on disk, for the next process that needs them."""
    return _settings.jit_cache


def _set_jit_cache(wanted: bool) -> None:
    _settings.jit_cache = wanted
    for function in _on_jit_cache_change:
        function(wanted)


def enable_unsafe_deserialization() -> None:
    """Not possible: nothing makes every file of a process trusted.

    Raises:
        RuntimeError: always; says how one file is trusted.
    """
    raise RuntimeError(UNSAFE)


def is_nnx_enabled() -> bool:
    """Whether layers are modules of Flax NNX: never, here they are classes of their own."""
    return False


def max_epochs() -> int | None:
    """The most epochs any `fit` runs, or None: for trying a script quickly."""
    return _settings.max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Limits the epochs of every `fit`; None lifts the limit."""
    _settings.max_epochs = _limit("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """The most steps any epoch, evaluation or prediction runs, or None."""
    return _settings.max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limits the steps of every epoch, evaluation and prediction; None lifts the limit."""
    _settings.max_steps_per_epoch = _limit("max_steps_per_epoch", max_steps_per_epoch)


def _limit(name: str, value) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise ValueError(f"set_{name}: `{name}` must be an integer of at least 0, or None. Got {value!r}.")


def _positive_number(value) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 < number < float("inf") else None


def _take(source: str, name: str, value, allowed=None) -> None:
    """Sets one setting found in a file or variable; a value that cannot be one is ignored with one line."""
    good = _positive_number(value) if name == "epsilon" else (value if value in allowed else None)
    if good is None:
        warnings.warn(f"{source}: {name} {value!r} is ignored, it cannot be used.", stacklevel=2)
    else:
        setattr(_settings, name, good)


def _limit_from(name: str) -> int | None:
    text = os.environ.get(name)
    if text is None:
        return None
    if text.isdigit():
        return int(text)
    warnings.warn(f"{name}={text!r} is ignored, it is not a whole number.", stacklevel=2)
    return None


def _read_start_settings() -> None:
    file = read_settings()
    for name, allowed in (("floatx", FLOATS), ("epsilon", None), ("image_data_format", AXIS_ORDERS)):
        variable = "KERAS_" + name.upper()
        if name in file:
            _take("keras.json", name, file[name], allowed)
        if variable in os.environ:
            _take(variable, name, os.environ[variable], allowed)
    _settings.jit_cache = os.environ.get("KERAS_JIT_CACHE", "1") != "0"
    _settings.max_epochs = _limit_from("KERAS_MAX_EPOCHS")
    _settings.max_steps_per_epoch = _limit_from("KERAS_MAX_STEPS_PER_EPOCH")


_read_start_settings()
