"""How layers that got no name were called in other years."""

from __future__ import annotations

from typing import Any

from keras._core import names
from keras._core.names import Naming, unique_name
from keras.legacy import era
from keras.legacy.config_rows import OF_ALL_YEARS

# what classes were called until 2.0, where it was not as today
_CLASSES_OF_1 = {
    "Conv1D": "Convolution1D", "Conv2D": "Convolution2D", "Conv3D": "Convolution3D",
    "SeparableConv2D": "SeparableConvolution2D", "Conv2DTranspose": "Deconvolution2D",
    **OF_ALL_YEARS,
    **dict.fromkeys(("Add", "Average", "Concatenate", "Dot", "Maximum", "Multiply"), "Merge"),
}  # fmt: skip


class _UntilTf(Naming):
    """2.x and tf.keras: inputs are `input_1`; the one a `Sequential` begins with is named after its first layer."""

    def prefix(self, instance: Any) -> str:
        if not _is_layer(instance) or type(instance).__name__ != "InputLayer":
            return super().prefix(instance)
        names._counts.setdefault("input", 1)  # inputs were counted from 1, also where other layers were not
        return "input"

    def first_input(self, layer: Any) -> str | None:
        return f"{layer.name}_input"


class _Until1(_UntilTf):
    """0.x and 1.x: no line between the words of a class, `maxpooling2d_1`, and classes under their names then."""

    def prefix(self, instance: Any) -> str:
        prefix = super().prefix(instance)
        if prefix == "input" or not _is_layer(instance):
            return prefix
        name = type(instance).__name__
        return _CLASSES_OF_1.get(name, name).lower()

    def first_input(self, layer: Any) -> str | None:
        return unique_name(f"{self.prefix(layer)}_input")


def _is_layer(instance: Any) -> bool:
    return hasattr(instance, "add_weight") and hasattr(instance, "compute_mask")


class _FromOne(type(names._counts)):  # type: ignore[misc]
    """Counts that start at 1: the first dense layer was `dense_1`."""

    def __missing__(self, key):
        return 1


def follow(release: str) -> None:
    """Names layers as a release did: before 3 some began with other words, before tf.keras numbers began at 1."""
    names.follow(_naming(release))
    from_one = _is_before(release, "tf2.0")
    if from_one != isinstance(names._counts, _FromOne):
        names._counts = _FromOne(names._counts) if from_one else type(names._counts).__mro__[1]()


def _naming(release: str) -> Naming:
    if not _is_before(release, "3"):
        return Naming()
    return _Until1() if _is_before(release, "2.0") else _UntilTf()


def _is_before(release: str, other: str) -> bool:
    return era.RELEASES.index(release) < era.RELEASES.index(other)
