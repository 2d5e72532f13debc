"""Segmentation masks in colour."""

import numpy as np

from keras._core.checks import number_between
from keras.visualization._arrays import channels_last, to_bytes
from keras.visualization._gallery import plot_image_gallery


def draw_segmentation_masks(
    images, segmentation_masks, num_classes=None, color_mapping=None, alpha=0.8, blend=True, ignore_index=-1,
    data_format=None,
):  # fmt: skip
    """Images with the classes of their pixels in colour.

    Args:
        images: (images, height, width, 3), values from 0 to 255.
        segmentation_masks: (images, height, width, 1), or without the last axis: class numbers.
        num_classes: how many classes there are; one more than the largest number if None.
        color_mapping: class -> (red, green, blue) from 0 to 255; different colours if None.
        alpha: from 0 to 1: how much of the colour is seen, beside the image.
        blend: whether anything of the image is seen below the colour.
        ignore_index: the class that stays as it is.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    Returns:
        A NumPy array of dtype uint8, channels last.

    >>> draw_segmentation_masks(np.full((1, 1, 2, 3), 100), np.array([[[0, 1]]]), alpha=0.5)[0, 0].tolist()
    [[50, 50, 50], [50, 113, 65]]
    """
    who = "draw_segmentation_masks"
    number_between("alpha", alpha, 0, 1, who)
    images = to_bytes(channels_last(images, data_format, who))
    masks = np.asarray(segmentation_masks)
    masks = (
        channels_last(masks[..., None], "channels_last", who, "segmentation_masks")
        if masks.ndim == 3
        else (channels_last(masks, data_format, who, "segmentation_masks"))
    )
    classes = masks[..., 0].astype("int64")
    if classes.shape != images.shape[:3]:
        raise ValueError(f"{who}: masks of shape {masks.shape} do not fit images of shape {images.shape}.")
    count = num_classes if num_classes is not None else int(classes.max(initial=-1)) + 1
    colours = np.array([_colour(c, color_mapping, who) for c in range(count)], "float32").reshape(-1, 3)
    drawn = (classes != ignore_index) & (classes >= 0) & (classes < count)
    painted = colours[np.where(drawn, classes, 0)] if count else np.zeros((*classes.shape, 3), "float32")
    share = alpha if blend else 1.0
    mixed = images * (1 - share) + painted * share
    return np.where(drawn[..., None], mixed + 1e-3, images).astype("uint8")


def _colour(number, mapping, who):
    if mapping is None:
        return (number % 255, number * 127 % 255, number * 31 % 255)
    if number not in mapping:
        raise ValueError(f"{who}: `color_mapping` has no colour for class {number}. Got {sorted(mapping)}.")
    return mapping[number]


def plot_segmentation_mask_gallery(
    images, num_classes, value_range=(0, 255), y_true=None, y_pred=None, color_mapping=None, blend=True, alpha=0.8,
    ignore_index=-1, data_format=None, **kwargs,
):  # fmt: skip
    """Plots images beside the same images with true and predicted masks in colour.

    Args:
        images: (images, height, width, 3).
        num_classes: how many classes there are.
        value_range: the lowest and the highest value that pixels have.
        y_true, y_pred: true and predicted masks, (images, height, width, 1).
        color_mapping, blend, alpha, ignore_index, data_format: as in `draw_segmentation_masks`.
        **kwargs: as in `plot_image_gallery`.

    Returns:
        The figure of matplotlib, unless it is shown.
    """
    images = to_bytes(channels_last(images, data_format, "plot_segmentation_mask_gallery"), value_range)
    versions = [images]
    for masks in (y_true, y_pred):
        if masks is not None:
            masks = channels_last(masks, data_format, "plot_segmentation_mask_gallery", "y_true and y_pred")
            versions.append(
                draw_segmentation_masks(
                    images, masks, num_classes, color_mapping, alpha, blend, ignore_index, "channels_last"
                )
            )
    beside = np.concatenate(versions, axis=2)  # one image, then its masks to the right of it
    return plot_image_gallery(beside, data_format="channels_last", **kwargs)
