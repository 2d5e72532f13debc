"""Dtype policies: which dtype a layer computes in, and which its variables are kept in."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

FLOATS = ("float16", "bfloat16", "float32", "float64")
DTYPES = (
    "bool", "uint8", "uint16", "uint32", "uint64", "int4", "int8", "int16", "int32", "int64",
    "float8_e4m3fn", "float8_e5m2", "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
    "string",
)  # fmt: skip
MIXED = {
    "mixed_float16": ("float16", "float32"),
    "mixed_bfloat16": ("bfloat16", "float32"),
}


class _Default:
    """Where a policy without a name takes one from; `keras.config` puts the global policy here."""

    name: Callable[[], str] = staticmethod(lambda: "float32")


default = _Default()


class DTypePolicy:
    """Says in which dtype a layer computes and in which its variables are kept.

    Args:
        name: a dtype such as 'float32' for both, or 'mixed_float16' or 'mixed_bfloat16': compute in 16 bits, keep
            variables in float32. The global policy's name if None.

    >>> policy = DTypePolicy("mixed_bfloat16")
    >>> policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    def __init__(self, name=None):
        if name is None:
            name = default.name()
        self._name = name
        self._compute_dtype, self._variable_dtype = dtypes_of(name)

    @property
    def name(self) -> str:
        """The name it was made from."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype inputs and variables are converted to for the computation."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype variables are kept in."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How weights are quantised: 'int8', 'int4', 'float8', 'gptq', 'awq', or None."""
        return None

    def convert_input(self, x, autocast, dtype):
        """An input as a layer sees it.

        Arrays and symbolic tensors of floats are cast to `dtype` if `autocast`; other arrays become tensors, and what
        is no array stays as it is.
        """
        # the engine is not loaded before there is something to convert
        return importlib.import_module("keras._jax.casting").converted_input(x, autocast, dtype_name(dtype))

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict):
        """A policy from what `get_config` returned."""
        return cls(**config)

    def __eq__(self, other) -> bool:
        return type(other) is type(self) and other.get_config() == self.get_config()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._name))

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self._name}">'


FloatDTypePolicy = DTypePolicy  # its name in the first releases of Keras 3


def dtypes_of(name: Any) -> tuple[str, str]:
    """The compute dtype and the variable dtype that the name of a policy without quantisation stands for."""
    if not isinstance(name, str):
        raise TypeError(f"DTypePolicy: `name` must be a string such as 'float32'. Got {name!r}.")
    if name not in MIXED and name not in DTYPES:
        raise ValueError(
            f"DTypePolicy: `name` must be a dtype such as 'float32', or one of {', '.join(map(repr, MIXED))}. "
            f"Got {name!r}."
        )
    return MIXED.get(name, (name, name))


# what makes policies that this file does not know: filled by those who do
by_class: dict[str, type[DTypePolicy]] = {"DTypePolicy": DTypePolicy, "FloatDTypePolicy": FloatDTypePolicy}
by_name: list[Callable[[str], DTypePolicy | None]] = []


def policy_from(value) -> DTypePolicy:
    """A policy from a policy, a name, a dtype object, or the config of one; the global one from None.

    Raises:
        ValueError: it is nothing of that.
    """
    if isinstance(value, DTypePolicy):
        return value
    if value is None:
        return DTypePolicy()
    if isinstance(value, dict) and "config" in value:
        name = value.get("class_name", "DTypePolicy")
        if name not in by_class:
            raise ValueError(f"The config names the dtype policy {name!r}. Known ones: {', '.join(by_class)}.")
        return by_class[name].from_config(value["config"])
    if isinstance(value, dict) and "name" in value:
        return policy_from(value["name"])
    if isinstance(value, str):
        for read in by_name:
            found = read(value)
            if found is not None:
                return found
    return DTypePolicy(value if isinstance(value, str) and value in MIXED else dtype_name(value))


def dtype_name(dtype) -> str:
    """The name of a dtype given as a name, a NumPy or JAX dtype, or a Python type.

    >>> dtype_name(int), dtype_name(float), dtype_name(bool)
    ('int32', 'float32', 'bool')
    """
    if isinstance(dtype, str):
        name = {"half": "float16", "float": "float32", "double": "float64", "int": "int32"}.get(dtype, dtype)
    elif isinstance(dtype, type) and dtype in (bool, int, float):
        name = {bool: "bool", int: "int32", float: "float32"}[dtype]
    else:
        name = str(getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or dtype)
        if name.startswith("torch."):
            name = name.removeprefix("torch.")
    if name not in DTYPES:
        raise ValueError(f"{dtype!r} is not a dtype. Known ones: {', '.join(DTYPES)}.")
    return name


def wide_float(name: str) -> str:
    """'float64' for itself, else 'float32': for what 16 bits cannot hold."""
    return "float64" if name == "float64" else "float32"


def is_float_name(name: str) -> bool:
    """Whether a dtype's name is that of a float."""
    return name.startswith(("float", "bfloat"))
