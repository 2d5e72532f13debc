"""How much boxes overlap."""

import math

from keras import ops
from keras.layers._image.box_formats import convert_format, is_relative


def compute_iou(boxes1, boxes2, bounding_box_format, use_masking=False, mask_val=-1, image_shape=None):
    """The overlap of every box with every other: shared area by covered area.

    Args:
        boxes1, boxes2: (boxes, 4), or (images, boxes, 4).
        bounding_box_format: how both are written.
        use_masking: whether a box with nothing but `mask_val` is no box; its overlaps are -1.
        mask_val: the number in places without a box.
        image_shape: (height, width, channels), for relative forms.

    Shapes:
        boxes1: (images, m, 4), boxes2: (images, n, 4), overlaps: (images, m, n).

    >>> compute_iou([[0.0, 0.0, 2.0, 2.0]], [[1.0, 0.0, 3.0, 2.0]], "xyxy")
    Array([[0.33333]], dtype=float32)
    """
    a, b = (ops.convert_to_tensor(boxes) for boxes in (boxes1, boxes2))
    for name, boxes in (("boxes1", a), ("boxes2", b)):
        if len(boxes.shape) not in (2, 3) or boxes.shape[-1] != 4:
            raise ValueError(
                f"compute_iou: `{name}` must have shape (boxes, 4) or (images, boxes, 4). Got {boxes.shape}."
            )
    no_box = [ops.all(ops.equal(boxes, mask_val), axis=-1) for boxes in (a, b)]
    height, width = _image_size(bounding_box_format, image_shape, "compute_iou")
    one, other = (convert_format(boxes, bounding_box_format, "xyxy", height, width) for boxes in (a, b))
    overlap = _iou(one[..., :, None, :], other[..., None, :, :])[0]
    if use_masking:
        overlap = ops.where(no_box[0][..., :, None] | no_box[1][..., None, :], -1.0, overlap)
    return overlap


def compute_ciou(boxes1, boxes2, bounding_box_format, image_shape=None):
    """The complete overlap of pairs of boxes (Zheng and others, 2020).

    `iou - d**2 / c**2 - a v`, where `d` is the distance of the middles, `c` the diagonal of the box around both,
    `v = 4 / pi**2 * (atan(w1 / h1) - atan(w2 / h2))**2` and `a = v / (1 - iou + v)`.

    Args:
        boxes1, boxes2: (..., 4), of one shape.
        bounding_box_format: how both are written.
        image_shape: (height, width, channels), for relative forms.

    >>> compute_ciou([[0.0, 0.0, 2.0, 2.0]], [[0.0, 0.0, 2.0, 2.0]], "xyxy")
    Array([1.], dtype=float32)
    """
    height, width = _image_size(bounding_box_format, image_shape, "compute_ciou")
    a, b = (convert_format(boxes, bounding_box_format, "xyxy", height, width) for boxes in (boxes1, boxes2))
    overlap, size = _iou(a, b, 1e-7)
    around = ops.maximum(a[..., 2:], b[..., 2:]) - ops.minimum(a[..., :2], b[..., :2])
    distance = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    angles = [ops.arctan(s[..., 0] / (s[..., 1] + 1e-7)) for s in size]
    v = (angles[0] - angles[1]) ** 2 * (4 / math.pi**2)
    share = ops.sum(distance**2, axis=-1) / (ops.sum(around**2, axis=-1) + 1e-7)
    return overlap - share - v * v / (v - overlap + 1 + 1e-7)


def _iou(a, b, least=0.0):
    """Shared by covered area of boxes with corners, 0 where nothing is covered; and the sizes of both."""
    shared = ops.maximum(ops.minimum(a[..., 2:], b[..., 2:]) - ops.maximum(a[..., :2], b[..., :2]), 0)
    shared = shared[..., 0] * shared[..., 1]
    sizes = [box[..., 2:] - box[..., :2] for box in (a, b)]
    covered = sizes[0][..., 0] * sizes[0][..., 1] + sizes[1][..., 0] * sizes[1][..., 1] - shared + least
    return ops.divide_no_nan(shared, covered), sizes


def _image_size(form, image_shape, who):
    if not is_relative(form):
        return None, None
    if image_shape is None or len(image_shape) < 2:
        raise ValueError(f"{who}: {form!r} needs `image_shape`, (height, width, channels). Got {image_shape}.")
    return image_shape[0], image_shape[1]
