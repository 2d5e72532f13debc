"""The ways to write a box down."""

from keras import ops
from keras._core.checks import one_of

FORMATS = (
    "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh",
)  # fmt: skip


def convert_format(boxes, source, target, height=None, width=None, dtype="float32"):
    """Boxes written in another way.

    'xyxy' and 'yxyx' name two corners, 'xywh' a corner and the size, 'center_xywh' and 'center_yxhw' the middle and the
    size. 'rel_' stands before the forms that count in widths and heights of the image instead of pixels: 'rel_xyxy',
    'rel_yxyx', 'rel_xywh', 'rel_center_xywh'.

    Args:
        boxes: (..., 4), or a dict that has them under 'boxes' and stays as it is otherwise.
        source, target: how they are written, and how they shall be.
        height, width: of the image, where one form is relative and the other is not; a number, or one for each image.
        dtype: of the result.

    Raises:
        ValueError: a form is unknown, or the size of the image is needed.

    >>> convert_format([[1.0, 2.0, 4.0, 6.0]], "xyxy", "xywh")
    Array([[1., 2., 3., 4.]], dtype=float32)
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    one_of("source", source, FORMATS, "convert_format")
    one_of("target", target, FORMATS, "convert_format")
    boxes = ops.convert_to_tensor(boxes, dtype=dtype)
    if boxes.shape[-1] != 4:
        raise ValueError(f"convert_format: the last axis of `boxes` must have size 4. Got shape {tuple(boxes.shape)}.")
    if source == target:
        return boxes
    from_share, to_share = is_relative(source), is_relative(target)
    if from_share != to_share and (height is None or width is None):
        raise ValueError(
            f"convert_format: `height` and `width` of the image are needed from {source!r} to {target!r}. "
            f"Got height={height} and width={width}."
        )
    corners = _TO_CORNERS[source.removeprefix("rel_")](*_parts(boxes))
    if from_share != to_share:
        w, h = per_image(width, boxes), per_image(height, boxes)
        factors = (w, h, w, h) if from_share else (1 / w, 1 / h, 1 / w, 1 / h)
        corners = tuple(c * f for c, f in zip(corners, factors))
    return ops.stack(_FROM_CORNERS[target.removeprefix("rel_")](*corners), axis=-1)


def is_relative(form):
    """Whether boxes of that form count in sizes of the image."""
    return form.startswith("rel_")


def per_image(size, boxes):
    """A size that applies to all boxes, or one for each image, shaped for the numbers of (images, boxes, 4)."""
    size = ops.convert_to_tensor(size, dtype=boxes.dtype)
    return ops.reshape(size, (-1,) + (1,) * (len(boxes.shape) - 2)) if len(size.shape) else size


def _parts(boxes):
    return tuple(boxes[..., i] for i in range(4))


def _around(x, y, w, h):
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


# to and from left, top, right, bottom
_TO_CORNERS = {
    "xyxy": lambda left, top, right, bottom: (left, top, right, bottom),
    "yxyx": lambda top, left, bottom, right: (left, top, right, bottom),
    "xywh": lambda x, y, w, h: (x, y, x + w, y + h),
    "center_xywh": _around,
    "center_yxhw": lambda y, x, h, w: _around(x, y, w, h),
}
_FROM_CORNERS = {
    "xyxy": lambda l, t, r, b: (l, t, r, b),  # noqa: E741
    "yxyx": lambda l, t, r, b: (t, l, b, r),  # noqa: E741
    "xywh": lambda l, t, r, b: (l, t, r - l, b - t),  # noqa: E741
    "center_xywh": lambda l, t, r, b: ((l + r) / 2, (t + b) / 2, r - l, b - t),  # noqa: E741
    "center_yxhw": lambda l, t, r, b: ((t + b) / 2, (l + r) / 2, b - t, r - l),  # noqa: E741
}
