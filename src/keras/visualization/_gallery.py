"""Images beside each other."""

import math

import numpy as np

from keras import ops
from keras.visualization._arrays import channels_last, to_bytes
from keras.visualization._packages import pyplot


def plot_image_gallery(
    images, y_true=None, y_pred=None, label_map=None, rows=None, cols=None, value_range=(0, 255), scale=2, path=None,
    show=None, transparent=True, dpi=60, legend_handles=None, data_format=None,
):  # fmt: skip
    """Plots images in rows and columns, with labels above them.

    Args:
        images: (images, height, width, channels).
        y_true, y_pred: true and predicted labels.
        label_map: label -> its name.
        rows, cols: how many; chosen so that all images fit, as near to a square as can be, where None.
        value_range: the lowest and the highest value that pixels have.
        scale: the size of an image, in inches; of one that is not square, its shorter side.
        path: a file to save the picture to.
        show: whether to show the picture; if no `path` is given where None. Cannot be True beside a path.
        transparent, dpi: of the file: whether its background is transparent, and dots per inch.
        legend_handles: handles of matplotlib for a legend.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    Returns:
        The figure of matplotlib, unless it is shown.

    Raises:
        ImportError: matplotlib is not installed.
    """
    who = "plot_image_gallery"
    if path is not None and show:
        raise ValueError(f"{who}: give a `path` or `show=True`, not both.")
    show = path is None if show is None else show
    plt = pyplot(who)
    images = to_bytes(channels_last(images, data_format, who), value_range)
    rows, cols = _grid(len(images), rows, cols)
    height, width = (n * scale / min(images.shape[1:3]) for n in images.shape[1:3])
    layout = "tight" if legend_handles is None else "constrained"  # which keeps a place for the legend
    figure, axes = plt.subplots(rows, cols, figsize=(cols * width, rows * height), squeeze=False, layout=layout)
    for place, axis in enumerate(axes.flat):
        axis.axis("off")
        if place < len(images):
            image = images[place]
            axis.imshow(image[..., 0] if image.shape[-1] == 1 else image, cmap="gray", vmin=0, vmax=255)
            title = _title(place, y_true, y_pred, label_map)
            if title:
                axis.set_title(title, fontsize=8)
    if legend_handles is not None:
        figure.legend(handles=legend_handles, loc="outside lower center")
    if path is not None:
        figure.savefig(path, pad_inches=0, bbox_inches="tight", transparent=transparent, dpi=dpi)
        plt.close(figure)
        return figure
    if show:
        plt.show()
        plt.close(figure)
        return None
    return figure


def _grid(count, rows, cols):
    if rows is None and cols is None:
        cols = max(math.ceil(math.sqrt(count)), 1)
    if rows is None:
        rows = max(math.ceil(count / cols), 1)
    return rows, max(math.ceil(count / rows), 1) if cols is None else cols


def _title(place, y_true, y_pred, label_map):
    said = []
    for word, labels in (("true", y_true), ("predicted", y_pred)):
        if labels is not None:
            label = np.asarray(ops.convert_to_numpy(ops.convert_to_tensor(labels)))[place].item()
            said.append(f"{word}: {label_map.get(label, label) if label_map else label}")
    return "\n".join(said)
