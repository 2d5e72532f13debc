"""Asks what image layers make of images, labels, boxes and masks with a given transformation; and plain calls."""

import jax
import numpy as np

from .ask import array, find, make

METHODS = {
    "images": ("transform_images", "transform_single_image"),
    "labels": ("transform_labels", "transform_single_label"),
    "bounding_boxes": ("transform_bounding_boxes", "transform_single_bounding_box"),
    "segmentation_masks": ("transform_segmentation_masks", "transform_single_segmentation_mask"),
}


def ask_images(question):
    """The results of the methods for each kind of data, of a call without training, and the config."""
    layer = make(question["layer"])
    data = copied(question["data"])
    transformation = question["transformation"]
    single = data["images"].ndim == 3
    answers = {"transformed": {}}
    for kind, value in copied(data).items():
        method = getattr(layer, METHODS[kind][single])
        try:
            answers["transformed"][kind] = answered(method(value, transformation, training=True))
        except NotImplementedError:
            answers["transformed"][kind] = "not implemented"
    if question["called"]:
        inputs = copied(data) if len(data) > 1 else data["images"]
        try:
            answers["inference"] = answered(layer(inputs, training=False))
        except NotImplementedError:
            answers["inference"] = "not implemented"
    return answers


def ask_value(question):
    """What a function, or a new layer, returns for some arguments."""
    function = make(question["new"]) if "new" in question else find(question["function"])
    return {"value": answered(function(*copied(question["call"]), **question["options"]))}


def copied(data):
    return jax.tree.map(lambda x: x.copy() if isinstance(x, np.ndarray) else x, data)


def answered(value):
    return {k: answered(v) for k, v in value.items()} if isinstance(value, dict) else array(value)
