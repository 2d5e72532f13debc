"""Policies of layers whose weights are kept in fewer bits: 'int8_from_float32', 'gptq/4/128_from_mixed_bfloat16'."""

from __future__ import annotations

from keras._core.checks import positive_integer
from keras._core.dtype_policy import DTypePolicy, by_class, by_name, default, dtypes_of

MODES = ("int8", "float8", "int4", "gptq", "awq")
GPTQ_BITS = (2, 3, 4, 8)


class QuantizedDTypePolicy(DTypePolicy):
    """Weights in fewer bits, everything else as another policy says.

    Args:
        mode: 'int8', 'float8', 'int4', 'gptq' or 'awq'.
        source_name: the name of the other policy; that of the global one if None.

    >>> policy = QuantizedDTypePolicy("int8", "mixed_bfloat16")
    >>> policy.name, policy.compute_dtype, policy.quantization_mode
    ('int8_from_mixed_bfloat16', 'bfloat16', 'int8')
    """

    def __init__(self, mode, source_name=None):
        if source_name is None:
            source_name = default.name()
        self._compute_dtype, self._variable_dtype = dtypes_of(source_name)
        self._given_mode = mode
        self.source_name = source_name
        self._name = f"{mode}_from_{source_name}"
        self.mode = self._quantization_mode = self._checked(mode)
        if self.mode == "int8" and self._compute_dtype == "float16":  # whose scales would overflow
            raise ValueError(
                f"{type(self).__name__}: 'int8' does not go with a compute dtype of float16. Got {source_name!r}.\n"
                "  Take 'mixed_bfloat16', or 'int4'."
            )

    def _checked(self, mode) -> str:
        """The name of the way to quantise that `mode` asks for."""
        if mode not in MODES:
            raise ValueError(f"{type(self).__name__}: `mode` must be one of {', '.join(MODES)}. Got {mode!r}.")
        return mode

    @property
    def quantization_mode(self) -> str:
        """How weights are quantised."""
        return self._quantization_mode

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {"mode": self._given_mode, "source_name": self.source_name}


class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy):
    """Products of 8-bit floats whose scales follow the largest values seen.

    Args:
        mode: 'float8'.
        source_name: the name of the policy for everything else; that of the global one if None.
        amax_history_length: how many of the last largest values the scales look at.
    """

    default_amax_history_length = 1024

    def __init__(self, mode, source_name=None, amax_history_length=1024):
        super().__init__(mode, source_name)
        if not isinstance(amax_history_length, int):
            raise TypeError(f"{type(self).__name__}: `amax_history_length` is an integer. Got {amax_history_length!r}.")
        self._amax_history_length = positive_integer("amax_history_length", amax_history_length, type(self).__name__)

    @property
    def amax_history_length(self) -> int:
        """How many of the last largest values the scales look at."""
        return self._amax_history_length

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {**super().get_config(), "amax_history_length": self._amax_history_length}


class Int4DTypePolicy(QuantizedDTypePolicy):
    """4-bit weights with a scale per block.

    Args:
        mode: 'int4/<block size>'; -1 is one scale per channel.
        source_name: the name of the policy for everything else; that of the global one if None.
    """

    def _checked(self, mode) -> str:
        (self.block_size,) = _numbers(self, mode, "int4", "block_size")
        return "int4"


class GPTQDTypePolicy(QuantizedDTypePolicy):
    """Weights in a few bits that GPTQ found.

    Args:
        mode: 'gptq/<bits>/<group size>', with 2, 3, 4 or 8 bits; group size -1 is one scale per channel.
        source_name: the name of the policy for everything else; that of the global one if None.
    """

    def _checked(self, mode) -> str:
        self.weight_bits, self.group_size = _numbers(self, mode, "gptq", "weight_bits", "group_size")
        if self.weight_bits not in GPTQ_BITS:
            raise ValueError(f"GPTQDTypePolicy: `weight_bits` in `mode` must be 2, 3, 4 or 8. Got {mode!r}.")
        return "gptq"


class AWQDTypePolicy(QuantizedDTypePolicy):
    """4-bit weights, scaled by how much their inputs matter.

    Args:
        mode: 'awq/4/<group size>'; group size -1 is one scale per channel.
        source_name: the name of the policy for everything else; that of the global one if None.
    """

    def _checked(self, mode) -> str:
        self.weight_bits, self.group_size = _numbers(self, mode, "awq", "weight_bits", "group_size")
        if self.weight_bits != 4:
            raise ValueError(f"AWQDTypePolicy: `weight_bits` in `mode` must be 4. Got {mode!r}.")
        return "awq"


def _numbers(owner: DTypePolicy, mode, kind: str, *names: str) -> list[int]:
    """The whole numbers in a mode like 'gptq/4/128'; the last one is a size: positive, or -1."""
    parts = mode.split("/") if isinstance(mode, str) else []
    form = "/".join((kind, *(f"<{name}>" for name in names)))
    if len(parts) != len(names) + 1 or parts[0] != kind or not all(p.lstrip("-").isdigit() for p in parts[1:]):
        raise ValueError(f"{type(owner).__name__}: `mode` must look like '{form}'. Got {mode!r}.")
    numbers = [int(p) for p in parts[1:]]
    if numbers[-1] < 1 and numbers[-1] != -1:
        raise ValueError(f"{type(owner).__name__}: `{names[-1]}` in `mode` must be positive, or -1. Got {mode!r}.")
    return numbers


def quantized_policy(name: str) -> QuantizedDTypePolicy | None:
    """The policy that a name such as 'int8_from_float32' means, or None where it is no name of such a one.

    Raises:
        ValueError: the name starts like one, but what follows cannot be used.
    """
    mode, found, source = name.partition("_from_")
    kind = mode.partition("/")[0]
    if kind not in MODES:
        return None
    if not found:
        raise ValueError(
            f"The dtype policy {name!r} does not say what its layer computes in.\n"
            f"  Write, for example, '{name}_from_float32'."
        )
    if kind == "gptq":
        return GPTQDTypePolicy(mode, source)
    if kind == "awq":
        return AWQDTypePolicy(mode, source)
    if kind == "int4" and "/" in mode:
        return Int4DTypePolicy(mode, source)
    return (QuantizedFloat8DTypePolicy if kind == "float8" else QuantizedDTypePolicy)(mode, source)


by_name.append(quantized_policy)
by_class.update(
    (cls.__name__, cls)
    for cls in (
        QuantizedDTypePolicy, QuantizedFloat8DTypePolicy, Int4DTypePolicy, GPTQDTypePolicy, AWQDTypePolicy,
    )
)  # fmt: skip
