"""What layers over sequences, images and volumes share: their axes, and the sizes that windows leave."""

from __future__ import annotations

from keras._core.types import Shape
from keras.layers._input_spec import InputSpec

_KINDS = {1: "sequences", 2: "images", 3: "volumes"}
_AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}
_HINTS = {
    (1, 1): "For one sequence of numbers, pass x[None, :, None].",
    (1, 2): "For one sequence, pass x[None]; for sequences of single numbers, x[..., None].",
    (2, 2): "For one grey image, pass x[None, :, :, None].",
    (2, 3): "For one image, pass x[None]; for grey images, x[..., None].",
    (3, 3): "For one volume of single numbers, pass x[None, :, :, :, None].",
    (3, 4): "For one volume, pass x[None]; for volumes of single numbers, x[..., None].",
}


def axis_names(rank: int, data_format: str) -> tuple[str, ...]:
    """Names of all axes, in order."""
    if data_format == "channels_last":
        return ("batch", *_AXES[rank], "channels")
    return ("batch", "channels", *_AXES[rank])


def channel_axis(data_format: str) -> int:
    """Position of the channels."""
    return -1 if data_format == "channels_last" else 1


def spatial_axes(rank: int, data_format: str) -> tuple[int, ...]:
    """Positions of the axes between batch and channels."""
    first = 1 if data_format == "channels_last" else 2
    return tuple(range(first, first + rank))


def with_spatial(shape: Shape, sizes, data_format: str, channels: int | None = None) -> Shape:
    """`shape` with other spatial sizes, and other channels if given."""
    if data_format == "channels_last":
        return (shape[0], *sizes, shape[-1] if channels is None else channels)
    return (shape[0], shape[1] if channels is None else channels, *sizes)


def spatial_sizes(shape: Shape, data_format: str) -> Shape:
    """The sizes between batch and channels."""
    return tuple(shape[1:-1] if data_format == "channels_last" else shape[2:])


class SpatialSpec(InputSpec):
    """Demands sequences (rank 1), images (2) or volumes (3), and names the axes if they are none."""

    def __init__(self, rank: int, data_format: str, channels: int | None = None):
        axes = {channel_axis(data_format): channels} if channels else None
        super().__init__(ndim=rank + 2, min_ndim=rank + 2, axes=axes)
        self.rank = rank
        self.data_format = data_format

    def wrong_ndim(self, owner: str, shape: tuple) -> str:
        """The message when the number of axes is wrong."""
        names = ", ".join(axis_names(self.rank, self.data_format))
        hint = _HINTS.get((self.rank, len(shape)), "") if self.data_format == "channels_last" else ""
        return (
            f"{owner} takes {_KINDS[self.rank]} with {self.rank + 2} axes: ({names}).\n"
            f"  Got shape {shape}, which has {len(shape)}." + (f"\n  {hint}" if hint else "")
        )

    def wrong_size(self, owner: str, shape: tuple, axis: int, size: int) -> str:
        """The message when the channels are not as many as the weights are for."""
        other = -1 if self.data_format == "channels_first" else 1
        hint = advice_on_order(shape, self.data_format) if shape[other] == size else ""
        return super().wrong_size(owner, shape, axis % len(shape), size) + hint


_MOST_COLOURS = 4


def advice_on_order(shape: Shape, data_format: str) -> str:
    """What to do about images whose axes seem to be in the other order than a layer takes; "" for those that are not.

    Few numbers where height or depth should be, and more beside them, are channels as a rule.
    """
    rank = len(shape) - 2
    if rank not in (2, 3):
        return ""
    first = data_format == "channels_last"  # whether what looks like channels comes first
    few, beside = (shape[1], shape[2]) if first else (shape[-1], shape[-2])
    if few is None or beside is None or not few <= _MOST_COLOURS < beside:
        return ""
    other = "channels_first" if first else "channels_last"
    return (
        f"\n  The shape looks like ({', '.join(axis_names(rank, other))}), but the layer takes "
        f"({', '.join(axis_names(rank, data_format))}).\n"
        f"  For the other order, call keras.config.set_image_data_format({other!r}) before the model is made, or set\n"
        f"  the variable KERAS_IMAGE_DATA_FORMAT={other}."
    )


def count_windows(size: int | None, width: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """How many windows fit along an axis; not positive if none does."""
    if size is None:
        return None
    if padding == "valid":
        size -= dilation * (width - 1)
    return -(-size // stride)


def window_shape(owner: str, shape: Shape, widths, strides, padding: str, data_format: str, dilations=None) -> Shape:
    """The shape that windows over the spatial axes leave, channels unchanged.

    Raises:
        ValueError: the windows are larger than the inputs, or have other axes.
    """
    dilations = dilations or (1,) * len(widths)
    sizes = spatial_sizes(shape, data_format)
    if len(sizes) != len(widths):
        raise ValueError(SpatialSpec(len(widths), data_format).wrong_ndim(owner, tuple(shape)))
    counts = [count_windows(n, w, s, padding, d) for n, w, s, d in zip(sizes, widths, strides, dilations)]
    if any(n is not None and n <= 0 for n in counts):
        spans = tuple(d * (w - 1) + 1 for w, d in zip(widths, dilations))
        raise ValueError(
            f"{owner}: windows of size {spans} do not fit into inputs of shape {tuple(shape)}.\n"
            "  Use padding='same', smaller windows or larger inputs." + advice_on_order(shape, data_format)
        )
    return with_spatial(shape, counts, data_format)
