"""Boxes told by how they differ from others, as detectors predict them."""

from keras import ops
from keras._core.checks import one_of
from keras.layers._image.box_formats import convert_format

_ENCODINGS = ("center_xywh", "center_yxhw")


def encode_box_to_deltas(
    anchors, boxes, anchor_format, box_format, encoding_format="center_yxhw", variance=None, image_shape=None
):
    """How boxes differ from their anchors: `((middle - anchor's middle) / anchor's size, log(size / anchor's size))`.

    Args:
        anchors: (anchors, 4).
        boxes: (anchors, 4) or (images, anchors, 4).
        anchor_format, box_format: how they are written.
        encoding_format: the order of the result: 'center_xywh' or 'center_yxhw'.
        variance: four numbers that the result is divided by.
        image_shape: (height, width, channels), where one form is relative and the other is not.

    >>> encode_box_to_deltas([[0.0, 0.0, 4.0, 4.0]], [[1.0, 1.0, 3.0, 4.0]], "xyxy", "xyxy")
    Array([[ 0.125  ,  0.     , -0.28768, -0.69315]], dtype=float32)
    """
    who = "encode_box_to_deltas"
    one_of("encoding_format", encoding_format, _ENCODINGS, who)
    factors = _variance(variance, who)
    size = _size(image_shape)
    tiny = 1e-7
    anchors = convert_format(anchors, anchor_format, encoding_format, *size)
    boxes = convert_format(boxes, box_format, encoding_format, *size)
    unit = ops.maximum(anchors[..., 2:], tiny)
    moves = (boxes[..., :2] - anchors[..., :2]) / unit
    growth = ops.log(ops.maximum(boxes[..., 2:], tiny) / unit)
    deltas = ops.concatenate([moves, growth], axis=-1)
    return deltas if factors is None else deltas / factors


def decode_deltas_to_boxes(
    anchors, boxes_delta, anchor_format, box_format, encoded_format="center_yxhw", variance=None, image_shape=None
):
    """The boxes that differ from their anchors as `encode_box_to_deltas` says.

    Args:
        anchors: (anchors, 4), or a dict of such.
        boxes_delta: (anchors, 4) or (images, anchors, 4), or a dict with the same keys.
        anchor_format: how the anchors are written.
        box_format: how the boxes shall be written.
        encoded_format: the order of the differences: 'center_xywh' or 'center_yxhw'.
        variance: four numbers that the differences are multiplied by.
        image_shape: (height, width, channels), where one form is relative and the other is not.
    """
    who = "decode_deltas_to_boxes"
    one_of("encoded_format", encoded_format, _ENCODINGS, who)
    factors = _variance(variance, who)
    if isinstance(anchors, dict) != isinstance(boxes_delta, dict):
        raise ValueError(f"{who}: `anchors` and `boxes_delta` must both be tensors, or both dicts with the same keys.")
    if isinstance(anchors, dict):
        return {
            key: decode_deltas_to_boxes(
                anchors[key], delta, anchor_format, box_format, encoded_format, variance, image_shape
            )
            for key, delta in boxes_delta.items()
        }
    size = _size(image_shape)
    anchors = convert_format(anchors, anchor_format, encoded_format, *size)
    deltas = ops.convert_to_tensor(boxes_delta, dtype="float32")
    deltas = deltas if factors is None else deltas * factors
    middle = anchors[..., :2] + deltas[..., :2] * anchors[..., 2:]
    extent = anchors[..., 2:] * ops.exp(deltas[..., 2:])
    return convert_format(ops.concatenate([middle, extent], axis=-1), encoded_format, box_format, *size)


def _variance(variance, who):
    if variance is None:
        return None
    variance = ops.convert_to_tensor(variance, dtype="float32")
    if variance.shape[-1] != 4:
        raise ValueError(f"{who}: `variance` must hold 4 numbers. Got shape {tuple(variance.shape)}.")
    return variance


def _size(image_shape):
    return (None, None) if image_shape is None else (image_shape[0], image_shape[1])
