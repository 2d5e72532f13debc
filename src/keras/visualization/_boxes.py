"""Boxes in images."""

import numpy as np

from keras import ops
from keras.utils import bounding_boxes as boxes_of
from keras.visualization._arrays import channels_last, to_bytes
from keras.visualization._gallery import plot_image_gallery
from keras.visualization._packages import pillow, pyplot


def draw_bounding_boxes(
    images, bounding_boxes, bounding_box_format, class_mapping=None, color=(128, 128, 128), line_thickness=2,
    text_thickness=1, font_scale=1.0, data_format=None,
):  # fmt: skip
    """Images with boxes around what is in them.

    Args:
        images: (images, height, width, 3), values from 0 to 255.
        bounding_boxes: a dict with 'boxes', (images, boxes, 4), and 'labels', (images, boxes); boxes with the label -1
            are none. 'confidence' may name probabilities.
        bounding_box_format: how the boxes are written.
        class_mapping: label -> the name to write above its boxes; nothing is written if None.
        color: (red, green, blue) from 0 to 255.
        line_thickness, text_thickness: of lines and letters, in pixels.
        font_scale: the size of letters, as a factor.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    Returns:
        A NumPy array of dtype uint8, channels last.

    Raises:
        ImportError: Pillow is not installed.
    """
    who = "draw_bounding_boxes"
    image_module, draw_module, font_module = pillow(who)
    images = to_bytes(channels_last(images, data_format, who))
    height, width = images.shape[1:3]
    corners = boxes_of.convert_format(bounding_boxes["boxes"], bounding_box_format, "xyxy", height, width)
    corners, labels = ops.convert_to_numpy(corners), np.asarray(bounding_boxes["labels"])
    confidence = bounding_boxes.get("confidence")
    colour = tuple(int(c) for c in color)
    results = []
    for i, image in enumerate(images):
        picture = image_module.fromarray(image)
        pen = draw_module.Draw(picture)
        for j, label in enumerate(labels[i].tolist()):
            if label == -1:
                continue
            left, top, right, bottom = (int(c) for c in corners[i, j])
            if right < left or bottom < top:
                continue
            pen.rectangle((left, top, right, bottom), outline=colour, width=int(line_thickness))
            name = (class_mapping or {}).get(int(label))
            if name is not None:
                share = "" if confidence is None else f" {float(np.asarray(confidence)[i][j]):.2f}"
                font = font_module.load_default(size=max(12 * font_scale, 1))
                place = (left + line_thickness, top + line_thickness)
                pen.text(place, f"{name}{share}", fill=colour, font=font, stroke_width=max(int(text_thickness) - 1, 0))
        results.append(np.asarray(picture))
    return np.stack(results) if results else images


def plot_bounding_box_gallery(
    images, bounding_box_format, y_true=None, y_pred=None, value_range=(0, 255), true_color=(0, 188, 212),
    pred_color=(255, 235, 59), line_thickness=2, font_scale=1.0, text_thickness=None, class_mapping=None,
    ground_truth_mapping=None, prediction_mapping=None, legend=False, legend_handles=None, rows=None, cols=None,
    data_format=None, **kwargs,
):  # fmt: skip
    """Plots images with true and predicted boxes.

    Args:
        images: (images, height, width, 3).
        bounding_box_format: how the boxes are written.
        y_true, y_pred: dicts of boxes, as in `draw_bounding_boxes`.
        value_range: the lowest and the highest value that pixels have.
        true_color, pred_color: (red, green, blue) of true and predicted boxes.
        line_thickness, font_scale, text_thickness: as in `draw_bounding_boxes`; letters as thick as lines if None.
        class_mapping: label -> name, for both.
        ground_truth_mapping, prediction_mapping: the same for one of them.
        legend: whether to say which colour is which. Not together with `legend_handles`.
        legend_handles: handles of matplotlib for a legend.
        rows, cols: how many.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: as in `plot_image_gallery`.

    Returns:
        The figure of matplotlib, unless it is shown.
    """
    who = "plot_bounding_box_gallery"
    if legend and legend_handles:
        raise ValueError(f"{who}: give `legend=True` or `legend_handles`, not both.")
    plt = pyplot(who)
    plotted = to_bytes(channels_last(images, data_format, who), value_range)
    text = line_thickness if text_thickness is None else text_thickness
    for boxes, colour, names in (
        (y_true, true_color, ground_truth_mapping or class_mapping),
        (y_pred, pred_color, prediction_mapping or class_mapping),
    ):
        if boxes is not None:
            plotted = draw_bounding_boxes(
                plotted, boxes, bounding_box_format, names, colour, line_thickness, text, font_scale, "channels_last"
            )
    if legend:
        legend_handles = [
            plt.Rectangle((0, 0), 1, 1, color=np.array(colour) / 255, label=word)
            for colour, word in ((true_color, "true"), (pred_color, "predicted"))
        ]
    return plot_image_gallery(
        plotted, rows=rows, cols=cols, legend_handles=legend_handles, data_format="channels_last", **kwargs
    )
