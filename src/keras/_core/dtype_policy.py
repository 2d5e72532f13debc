"""Dtype policies: which dtype a layer computes in, and which its variables are kept in."""

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


class DTypePolicy:
    """Says in which dtype a layer computes and in which its variables are kept.

    Args:
        name: a dtype such as 'float32' for both, or 'mixed_float16' or 'mixed_bfloat16': compute in 16 bits, keep
            variables in float32.

    >>> policy = DTypePolicy("mixed_bfloat16")
    >>> policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    def __init__(self, name=None):
        if name is None:
            name = "float32"
        if not isinstance(name, str) or (name not in MIXED and name not in DTYPES):
            raise ValueError(
                f"DTypePolicy: `name` must be a dtype such as 'float32', or one of {', '.join(map(repr, MIXED))}. "
                f"Got {name!r}."
            )
        self._name = name
        self._compute_dtype, self._variable_dtype = MIXED.get(name, (name, name))

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
    def quantization_mode(self):
        """None: this policy quantises nothing."""
        return None

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict):
        """A policy from what `get_config` returned."""
        return cls(**config)

    def __eq__(self, other) -> bool:
        return type(other) is type(self) and other.name == self.name

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._name))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name!r}>"


def policy_from(value) -> DTypePolicy:
    """A policy from a policy, a name, a dtype object, or the config of one."""
    if isinstance(value, DTypePolicy):
        return value
    if isinstance(value, dict) and "config" in value:
        return DTypePolicy.from_config(value["config"])
    if isinstance(value, dict) and "name" in value:
        return DTypePolicy(value["name"])
    return DTypePolicy(dtype_name(value) if value not in MIXED else value)


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
        name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
        if name.startswith("torch."):
            name = name.removeprefix("torch.")
    if name not in DTYPES:
        raise ValueError(f"{dtype!r} is not a dtype. Known ones: {', '.join(DTYPES)}.")
    return name


def is_float_name(name: str) -> bool:
    """Whether a dtype's name is that of a float."""
    return name.startswith(("float", "bfloat"))
