"""What a layer demands of its inputs, and the error when it does not get it."""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._core.dtype_policy import dtype_name


class InputSpec:
    """Demands on one input of a layer: dtype, shape, number of axes, sizes of some axes.

    Args:
        dtype: the dtype's name; None accepts any.
        shape: sizes of all axes; None accepts any size.
        ndim, max_ndim, min_ndim: how many axes, at most, at least.
        axes: position of an axis -> its size.
        allow_last_axis_squeeze: whether a last axis of size 1 may be missing or too many.
        name: the name of the input in a dict of inputs.
        optional: whether None may come instead.
    """

    def __init__(
        self,
        dtype=None,
        shape=None,
        ndim=None,
        max_ndim=None,
        min_ndim=None,
        axes=None,
        allow_last_axis_squeeze=False,
        name=None,
        optional=False,
    ):
        self.dtype = None if dtype is None else dtype_name(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(k): v for k, v in (axes or {}).items()}
        if self.axes and (self.ndim or self.max_ndim):
            most = (self.ndim or self.max_ndim) - 1
            if max(self.axes) > most:
                raise ValueError(f"InputSpec: axis {max(self.axes)} is beyond the last axis, {most}.")
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name
        self.optional = optional

    def get_config(self) -> dict:
        """The constructor's arguments that matter."""
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes", "name", "optional")
        return {n: getattr(self, n) for n in names}

    @classmethod
    def from_config(cls, config: dict):
        """A spec from what `get_config` returned."""
        config = dict(config)
        if config.get("shape") is not None:
            config.pop("ndim", None)
        return cls(**config)

    def wrong_ndim(self, owner: str, shape: tuple) -> str:
        """The message when the number of axes is not `ndim`."""
        return f"{owner} takes inputs with {_axes(self.ndim)}. Got shape {shape}, which has {len(shape)}."

    def wrong_size(self, owner: str, shape: tuple, axis: int, size: int) -> str:
        """The message when an axis has not the size that `axes` says."""
        wanted = f"{owner} takes inputs whose axis {axis} has size {size}, as in the first call or `build`."
        return f"{wanted} Got shape {shape}."

    def __repr__(self) -> str:
        found = {k: v for k, v in self.get_config().items() if v}
        return f"InputSpec({', '.join(f'{k}={v!r}' for k, v in found.items())})"


def check_inputs(spec: Any, inputs: Any, layer_name: str) -> None:
    """Raises a ValueError if the inputs are not what `spec`, one InputSpec or a structure of them, demands."""
    if spec is None:
        return
    specs = [s for s in tree.leaves(spec) if s is not None]
    if isinstance(inputs, dict) and all(s.name is not None for s in specs) and specs:
        missing = [s.name for s in specs if s.name not in inputs and not s.optional]
        if missing:
            raise ValueError(f"{layer_name} misses inputs: {', '.join(map(repr, missing))}. Got {sorted(inputs)}.")
        values = [inputs.get(s.name) for s in specs]
    else:
        values = tree.leaves(inputs)
        if len(values) != len(specs):
            raise ValueError(
                f"{layer_name} takes {len(specs)} input tensor{'s' * (len(specs) != 1)}. Got {len(values)}: "
                f"{tree.describe(inputs)}."
            )
    for one, value in zip(specs, values):
        if value is None and one.optional:
            continue
        if not hasattr(value, "shape"):
            hint = "\n  Does the `call` that made it lack its `return`?" if value is None else ""
            raise ValueError(f"{layer_name} takes tensors. Got {value!r} of type {type(value).__name__}.{hint}")
        _check_one(one, value, layer_name)


def _check_one(spec: InputSpec, x: Any, name: str) -> None:
    shape = tuple(x.shape)
    ndim = len(shape)
    if spec.ndim is not None and ndim != spec.ndim and not (spec.allow_last_axis_squeeze and _squeezes(spec, shape)):
        raise ValueError(spec.wrong_ndim(name, shape))
    if spec.max_ndim is not None and ndim > spec.max_ndim:
        raise ValueError(
            f"{name} takes inputs with at most {_axes(spec.max_ndim)}. Got shape {shape}, which has {ndim}."
        )
    if spec.min_ndim is not None and ndim < spec.min_ndim:
        hint = ""
        if ndim == 1:
            hint = "\n  For one sample with several features, pass x[None, :]; for one feature, x[:, None]."
        raise ValueError(
            f"{name} takes inputs with at least {_axes(spec.min_ndim)}. Got shape {shape}, which has {ndim}.{hint}"
        )
    if spec.dtype is not None and dtype_name(x.dtype) != spec.dtype:
        raise ValueError(f"{name} takes inputs of dtype {spec.dtype}. Got {dtype_name(x.dtype)}.")
    for axis, size in spec.axes.items():
        if size is not None and shape[axis] is not None and shape[axis] != size:
            raise ValueError(spec.wrong_size(name, shape, axis, size))
    if spec.shape is not None and ndim == spec.ndim:
        for axis, (wanted, got) in enumerate(zip(spec.shape, shape)):
            if wanted is not None and got is not None and wanted != got:
                raise ValueError(
                    f"{name} takes inputs of shape {spec.shape}. Got shape {shape}: axis {axis} has size {got}, "
                    f"not {wanted}."
                )


def _squeezes(spec: InputSpec, shape: tuple) -> bool:
    longer = len(shape) == spec.ndim + 1 and shape[-1] == 1
    shorter = len(shape) == spec.ndim - 1 and spec.shape is not None and spec.shape[-1] in (None, 1)
    return longer or shorter


def _axes(count: int) -> str:
    return f"{count} ax{'i' if count == 1 else 'e'}s"
