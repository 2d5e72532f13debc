"""What happens to boxes when their image is cut, padded, moved, turned."""

import math

from keras import ops
from keras.layers._image.box_formats import convert_format, is_relative


def clip_to_image_size(bounding_boxes, height=None, width=None, bounding_box_format="xyxy"):
    """Boxes without what lies outside of the image; the label of a box with nothing left becomes -1.

    Args:
        bounding_boxes: a dict with 'boxes', (..., 4), and 'labels', (...).
        height, width: of the image; relative forms do without.
        bounding_box_format: how the boxes are written.

    >>> clip_to_image_size({"boxes": [[-1.0, 0.0, 3.0, 9.0]], "labels": [1]}, 5, 5)["boxes"]
    Array([[0., 0., 3., 5.]], dtype=float32)
    """
    relative = is_relative(bounding_box_format)
    if not relative and (height is None or width is None):
        raise ValueError(f"clip_to_image_size: {bounding_box_format!r} needs `height` and `width` of the image.")
    corners = "rel_xyxy" if relative else "xyxy"
    boxes = convert_format(bounding_boxes["boxes"], bounding_box_format, corners)
    largest = [1.0, 1.0] if relative else [width, height]
    boxes = ops.clip(boxes, 0.0, ops.convert_to_tensor(largest * 2, dtype=boxes.dtype))
    size = boxes[..., 2:] - boxes[..., :2]
    labels = ops.convert_to_tensor(bounding_boxes["labels"])
    labels = ops.where(size[..., 0] * size[..., 1] > 0, labels, ops.cast(-1, labels.dtype))
    boxes = convert_format(boxes, corners, bounding_box_format)
    return {**bounding_boxes, "boxes": boxes, "labels": labels}


def crop(boxes, top, left, height, width, bounding_box_format="xyxy"):
    """Boxes in a part of their image: moved, and without what lies outside of the part.

    Args:
        boxes: (..., 4), or a dict that has them under 'boxes'.
        top, left, height, width: where the part begins, and its size.
        bounding_box_format: how the boxes are written; no relative form, because that needs the image's size.
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": crop(boxes["boxes"], top, left, height, width, bounding_box_format)}
    corners = _absolute(boxes, bounding_box_format, "crop") - _both(left, top)
    return convert_format(ops.clip(corners, 0.0, _both(width, height)), "xyxy", bounding_box_format)


def pad(boxes, top, left, height=None, width=None, bounding_box_format="xyxy"):
    """Boxes in their image after rows were added above it and columns to its left.

    Args:
        boxes: (..., 4), or a dict that has them under 'boxes'.
        top, left: how many rows and columns.
        height, width: of the image before padding; what is added below and to the right moves no box, so these are
            needed by nothing here and may be left out.
        bounding_box_format: how the boxes are written; no relative form.
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": pad(boxes["boxes"], top, left, height, width, bounding_box_format)}
    return convert_format(_absolute(boxes, bounding_box_format, "pad") + _both(left, top), "xyxy", bounding_box_format)


def affine_transform(
    boxes, angle, translate_x, translate_y, scale, shear_x, shear_y, height, width, center_x=None, center_y=None,
    bounding_box_format="xyxy",
):  # fmt: skip
    """The upright boxes around turned, scaled, sheared and moved ones.

    Args:
        boxes: (images, boxes, 4).
        angle: degrees, against the clock; this and the others one for all images or one for each.
        translate_x, translate_y: shares of `width - 1` and `height - 1`, moved before turning.
        scale: a factor.
        shear_x, shear_y: degrees.
        height, width: of the image.
        center_x, center_y: what stays in place, as shares of `width - 1` and `height - 1`; the middle if None.
        bounding_box_format: how the boxes are written.
    """
    boxes = convert_format(boxes, bounding_box_format, "xyxy", height, width)
    if len(boxes.shape) != 3:
        raise ValueError(f"affine_transform: `boxes` must have shape (images, boxes, 4). Got {tuple(boxes.shape)}.")
    center = [_per_box(0.5 if c is None else c) * (n - 1) for c, n in ((center_x, width), (center_y, height))]
    moved = [_per_box(t) * (n - 1) for t, n in ((translate_x, width), (translate_y, height))]
    turn = _per_box(angle) * (math.pi / 180)
    a, b = (ops.tan(_per_box(s) * (math.pi / 180)) for s in (shear_x, shear_y))
    cos, sin = ops.cos(turn), ops.sin(turn)
    yx, yy = b * cos - sin, b * sin + cos
    # Keras 3 subtracts in the first of these where a sheared rotation adds; they agree where only one angle is not 0
    xx, xy = cos - a * yx, sin + a * yy
    scale = _per_box(scale)
    dx, dy = boxes[..., (0, 2)] + moved[0] - center[0], boxes[..., (1, 3)] + moved[1] - center[1]
    x = scale * (xx * dx[..., (0, 1, 0, 1)] + xy * dy[..., (0, 0, 1, 1)]) + center[0]  # (images, boxes, corners)
    y = scale * (yx * dx[..., (0, 1, 0, 1)] + yy * dy[..., (0, 0, 1, 1)]) + center[1]
    sides = [ops.min(x, axis=-1), ops.min(y, axis=-1), ops.max(x, axis=-1), ops.max(y, axis=-1)]
    return convert_format(ops.stack(sides, axis=-1), "xyxy", bounding_box_format, height, width)


def _per_box(value):
    value = ops.convert_to_tensor(value, dtype="float32")
    return ops.reshape(value, (-1, 1, 1))


def _absolute(boxes, form, who):
    if is_relative(form):
        raise NotImplementedError(f"{who}: boxes must not be relative to the size of the image. Got {form!r}.")
    return convert_format(boxes, form, "xyxy")


def _both(x, y):
    return ops.convert_to_tensor([x, y, x, y], dtype="float32")
