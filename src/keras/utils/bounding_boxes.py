"""Boxes around things in images: how they are written, how much they overlap, and where they go."""

from keras.layers._image.box_deltas import decode_deltas_to_boxes, encode_box_to_deltas
from keras.layers._image.box_formats import convert_format
from keras.layers._image.box_moves import affine_transform, clip_to_image_size, crop, pad
from keras.layers._image.box_overlap import compute_ciou, compute_iou

__all__ = [
    "affine_transform",
    "clip_to_image_size",
    "compute_ciou",
    "compute_iou",
    "convert_format",
    "crop",
    "decode_deltas_to_boxes",
    "encode_box_to_deltas",
    "pad",
]
