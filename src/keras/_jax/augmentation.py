"""Batches of images moved, tinted and flipped by one compiled program, each image in its own way."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from keras._jax.compile import counters, use_disk_cache


class Steps(NamedTuple):
    """Which steps a program has, in this order. What a step is told of each image is an input of the program.

    Attributes:
        moves: whether pixels are looked up elsewhere: input `places`, which `places_of` makes.
        order: 0 takes the nearest pixel, 1 is linear.
        fill_mode: what is outside of an image: 'constant', 'nearest', 'reflect' or 'wrap'.
        cval: the value outside for 'constant'.
        shifts: whether values are shifted: input `shift`, (images, 1, 1, channels or 1).
        flips: whether images are flipped without being moved: inputs `left_right`, `up_down`.
        brightens: whether the brightness changes: input `brightness`.
        stretches: whether values are stretched for that, so that they go up to 255.
        function: applied to each image then, or None.
        factor: by which values are multiplied, or None.
        channel_axis: the axis of the channels in a batch, of the images that come in and that go out.
        over: the axes of one image that 'samplewise' means.
        samplewise_centre, samplewise_scale: whether images are normalised one by one.
        tiny: keeps divisions from failing.
    """

    moves: bool
    order: int
    fill_mode: str
    cval: float
    shifts: bool
    flips: bool
    brightens: bool
    stretches: bool
    function: Callable | None
    factor: float | None
    channel_axis: int
    over: tuple[int, ...]
    samplewise_centre: bool
    samplewise_scale: bool
    tiny: float


def program(steps: Steps) -> Callable:
    """The compiled function `(images, told, statistics) -> images` of some steps; compiled when it is first called.

    `told` has the inputs that the steps name, `statistics` any of 'mean', 'std' and 'whitening'.
    """
    use_disk_cache()

    def augment(images: jax.Array, told: dict[str, jax.Array], statistics: dict[str, jax.Array]) -> jax.Array:
        counters.traces["augment"] += 1
        x = jnp.moveaxis(images, steps.channel_axis, -1)
        if steps.moves:
            x = _moved(x, told["places"], steps)
        if steps.shifts:
            x = jnp.clip(x + told["shift"], _of_each(jnp.min, x), _of_each(jnp.max, x))
        if steps.flips:
            x = jnp.where(told["left_right"][:, None, None, None], x[:, :, ::-1], x)
            x = jnp.where(told["up_down"][:, None, None, None], x[:, ::-1], x)
        if steps.brightens:
            x = _brightened(x, told["brightness"][:, None, None, None], steps.stretches)
        return _normalised(jnp.moveaxis(x, -1, steps.channel_axis), steps, statistics)

    return jax.jit(augment)


def _normalised(x: jax.Array, steps: Steps, statistics: dict[str, Any]) -> jax.Array:
    function = steps.function
    if function is not None:
        x = jax.vmap(lambda image: jnp.asarray(function(image)))(x)
    if steps.factor is not None:
        x = x * steps.factor
    if steps.samplewise_centre:
        x = x - jnp.mean(x, axis=steps.over, keepdims=True)
    if steps.samplewise_scale:
        x = x / (jnp.std(x, axis=steps.over, keepdims=True) + steps.tiny)
    if "mean" in statistics:
        x = x - statistics["mean"]
    if "std" in statistics:
        x = x / (statistics["std"] + steps.tiny)
    if "whitening" in statistics:
        x = (x.reshape(len(x), -1) @ statistics["whitening"]).reshape(x.shape)
    return x


def _of_each(function: Callable, x: jax.Array) -> jax.Array:
    return function(x, axis=(1, 2, 3), keepdims=True)


def _brightened(x: jax.Array, factor: jax.Array, stretches: bool) -> jax.Array:
    """Pillow's brightness: whole numbers from 0 to 255, cut off after the multiplication."""
    low, high = _of_each(jnp.min, x), _of_each(jnp.max, x)
    outside = (low < 0) | (high > 255)
    begin = jnp.minimum(low, 0) if stretches else low
    span = jnp.where(high > begin, high - begin, 1.0)
    stretched = (x - begin) / span * 255
    whole = jnp.floor(stretched if stretches else jnp.where(outside, stretched, x))
    found = jnp.floor(jnp.clip(whole * factor, 0, 255))
    if x.shape[-1] == 4:  # transparency stays
        found = jnp.concatenate([found[..., :3], whole[..., 3:]], axis=-1)
    return found if stretches else jnp.where(outside, found / 255 * (high - low) + low, found)


@functools.partial(jax.jit, static_argnums=(1, 2))
def places_of(matrix: jax.Array, height: int, width: int) -> jax.Array:
    """Where each pixel of a result is looked up, as rows and columns.

    It is a program of its own: inside of another, a place might be computed twice and rounded in two ways, and the
    pixel of one be taken with the share of the other.

    Args:
        matrix: (images, 2, 3), of row and column.
        height, width: the size of the images.

    Shapes:
        result: (2, images, height, width).
    """
    rows = jnp.arange(height, dtype=matrix.dtype)[:, None]
    columns = jnp.arange(width, dtype=matrix.dtype)[None, :]
    m = matrix[:, :, :, None, None]
    return jnp.stack([m[:, i, 0] * rows + m[:, i, 1] * columns + m[:, i, 2] for i in (0, 1)])


def _moved(x: jax.Array, places: jax.Array, steps: Steps) -> jax.Array:
    """Images, (images, height, width, channels), as they are at other places, found as SciPy finds them."""
    count, height, width, channels = x.shape
    inside = None
    if steps.fill_mode == "constant":
        tests = [(p >= 0) & (p <= size - 1) for p, size in zip(places, (height, width))]
        inside = (tests[0] & tests[1])[..., None]
    corners = [_corners(p, size, steps.order, steps.fill_mode) for p, size in zip(places, (height, width))]
    first = jnp.arange(count, dtype=jnp.int32)[:, None, None] * (height * width)
    channel = jnp.arange(channels, dtype=jnp.int32)
    flat = x.reshape(-1)
    found = jnp.zeros((), x.dtype)
    for row, row_share in corners[0]:
        for column, column_share in corners[1]:
            index = ((first + row * width + column) * channels)[..., None] + channel
            pixel = flat.at[index].get(mode="promise_in_bounds")
            found = found + pixel * (row_share * column_share)[..., None]
    return found if inside is None else jnp.where(inside, found, jnp.asarray(steps.cval, x.dtype))


def _corners(place: jax.Array, size: int, order: int, fill_mode: str) -> list[tuple[jax.Array, jax.Array]]:
    """The indices along one axis that a place is made of, and their shares."""
    if fill_mode == "wrap":  # the last pixel is the first of the next image: a period of size - 1
        place = jnp.mod(place, size - 1) if size > 1 else jnp.zeros_like(place)
    elif fill_mode != "reflect":
        place = jnp.clip(place, 0, size - 1)
    low = jnp.floor(place + 0.5) if order == 0 else jnp.floor(place)
    share = place - low
    low = low.astype(jnp.int32)
    if order == 0:
        return [(_within(low, size, fill_mode), jnp.ones_like(share))]
    return [(_within(low, size, fill_mode), 1 - share), (_within(low + 1, size, fill_mode), share)]


def _within(index: jax.Array, size: int, fill_mode: str) -> jax.Array:
    if fill_mode == "reflect":  # ... c b a | a b c | c b a ...
        index = jnp.mod(index, 2 * size)
        return jnp.minimum(index, 2 * size - 1 - index)
    return jnp.clip(index, 0, size - 1)
