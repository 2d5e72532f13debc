"""The compiled mode of `ImageDataGenerator`: a whole batch is changed by one program on the device."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from keras._jax import augmentation
from keras.legacy.preprocessing.affine import MOVEMENT, on_rows, turning

_programs: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # generator -> its programs


def augmented(generator: Any, images: np.ndarray, told: list[dict]) -> Any:
    """A batch, changed as the generator's `apply_transform` and `standardize` would change each image.

    Args:
        generator: an `ImageDataGenerator`.
        images: a batch.
        told: for each image, what `get_random_transform` drew.

    Returns:
        An array on the device.
    """
    if np.dtype(generator.dtype).name not in ("float32", "float16"):
        raise ValueError(f"ImageDataGenerator: with `compiled`, `dtype` must be float32 or float16: {generator.dtype}.")
    inputs = _inputs(generator, images.shape[1:], told)
    key = tuple(inputs)
    program = _programs.setdefault(generator, {}).get(key)
    if program is None:
        program = _programs[generator][key] = augmentation.program(_steps(generator, inputs))
    return program(images, inputs, _statistics(generator))


def _inputs(generator: Any, shape: tuple, told: list[dict]) -> dict[str, Any]:
    """What the program is told of each image; nothing about steps that no image of the batch takes."""
    inputs: dict[str, Any] = {}
    movement = np.array([[one.get(name, unmoved) for name, unmoved in MOVEMENT.items()] for one in told], float)
    flips = np.array([[bool(one.get("flip_horizontal")), bool(one.get("flip_vertical"))] for one in told])
    if np.any(movement != list(MOVEMENT.values())):
        height, width = shape[generator.row_axis - 1], shape[generator.col_axis - 1]
        matrix = on_rows(turning(*movement.T), height, width, generator._manner)
        matrix = matrix @ _mirrors(flips, height, width)
        inputs["places"] = augmentation.places_of(matrix[:, :2].astype("float32"), height, width)
    elif flips.any():
        inputs["left_right"], inputs["up_down"] = flips[:, 0], flips[:, 1]
    shifts = [one.get("channel_shift_intensity") for one in told]
    if generator.channel_shift_range:
        inputs["shift"] = np.array(shifts, "float32").reshape(len(told), 1, 1, -1)
    if generator.brightness_range is not None:
        inputs["brightness"] = np.array([one["brightness"] for one in told], "float32")
    return inputs


def _mirrors(flips: np.ndarray, height: int, width: int) -> np.ndarray:
    """Matrices of row and column, one per image: what is seen at a pixel is what was seen at its mirror image."""
    left_right, up_down = flips.T
    found = np.tile(np.eye(3), (len(flips), 1, 1))
    found[up_down, 0, 0], found[up_down, 0, 2] = -1, height - 1
    found[left_right, 1, 1], found[left_right, 1, 2] = -1, width - 1
    return found


def _steps(generator: Any, inputs: dict) -> augmentation.Steps:
    manner = generator._manner
    return augmentation.Steps(
        moves="places" in inputs, order=generator.interpolation_order, fill_mode=generator.fill_mode,
        cval=float(generator.cval), shifts="shift" in inputs, flips="left_right" in inputs,
        brightens="brightness" in inputs, stretches=manner.brightness_stretches,
        function=generator.preprocessing_function, factor=generator.rescale or None,
        channel_axis=generator.channel_axis,
        over=(generator.channel_axis,) if manner.samplewise_by_channel else (1, 2, 3),
        samplewise_centre=bool(generator.samplewise_center),
        samplewise_scale=bool(generator.samplewise_std_normalization), tiny=manner.tiny,
    )  # fmt: skip


def _statistics(generator: Any) -> dict[str, np.ndarray]:
    """The arrays that `fit` computed and that the settings use; a warning where they are missing."""
    needs = {
        "mean": ("mean", "featurewise_center"), "std": ("std", "featurewise_std_normalization"),
        "whitening": ("principal_components", "zca_whitening"),
    }  # fmt: skip
    return {
        name: np.asarray(getattr(generator, attribute), "float32")
        for name, (attribute, setting) in needs.items()
        if getattr(generator, setting) and generator._has(attribute, setting)
    }
