"""How the numbers in a model are spread: its weights, and what its layers make of data."""

from __future__ import annotations

import math

import numpy as np

from keras._core.checks import positive_integer
from keras.utils._activations import layer_outputs
from keras.visualization._packages import pyplot


def plot_weight_histograms(model, bins=40, path=None):
    """Draws one histogram for each array of weights.

    Args:
        model: a model or a layer that is built.
        bins: bars in a histogram.
        path: a file to write the picture to; None shows it.

    Returns:
        The figure of matplotlib.

    Raises:
        ValueError: there are no weights.

    >>> keras.visualization.plot_weight_histograms(model, path="weights.png")
    """
    values = {v.path: np.asarray(v).astype("float32") for v in model.weights if "int" not in str(v.dtype)}
    return _drawn(values, bins, path, "plot_weight_histograms")


def plot_activation_histograms(model, x, bins=40, path=None):
    """Draws one histogram for the outputs of each layer.

    Args:
        model: a functional or sequential model.
        x: data, as `predict` takes them.
        bins, path: see `plot_weight_histograms`.

    Returns:
        The figure of matplotlib.
    """
    return _drawn(layer_outputs(model, x), bins, path, "plot_activation_histograms")


def _drawn(values, bins, path, who):
    bins = positive_integer("bins", bins, owner=who)
    if not values:
        raise ValueError(f"{who}: there are no numbers to draw.")
    plots = pyplot(who)
    columns = math.ceil(math.sqrt(len(values)))
    rows = math.ceil(len(values) / columns)
    figure, axes = plots.subplots(rows, columns, figsize=(3.2 * columns, 2.4 * rows), squeeze=False)
    for place, (name, numbers) in zip(axes.flat, values.items()):
        numbers = np.ravel(numbers)
        finite = numbers[np.isfinite(numbers)]
        place.hist(finite, bins=bins, color="#4878a8")
        lost = numbers.size - finite.size
        place.set_title(f"{name} ({lost} not finite)" if lost else name, fontsize=8)
        place.tick_params(labelsize=7)
        place.locator_params(axis="x", nbins=5)  # long numbers beside each other
        place.ticklabel_format(axis="x", scilimits=(-2, 3))
        place.xaxis.get_offset_text().set_fontsize(7)
        place.yaxis.get_major_locator().set_params(integer=True)  # they are counts
    for place in axes.flat[len(values) :]:
        place.set_visible(False)
    figure.tight_layout()
    if path is not None:
        figure.savefig(path, dpi=150)
        plots.close(figure)
    else:
        plots.show()
    return figure
