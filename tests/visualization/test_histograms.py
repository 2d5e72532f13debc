"""Histograms of weights and activations."""

import numpy as np
import pytest

import keras

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


def model_of():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="a"), keras.layers.ReLU(name="b")])


def heights(figure, place):
    return [bar.get_height() for bar in figure.axes[place].patches]


def test_each_array_of_weights_has_a_histogram(tmp_path):
    model = model_of()
    model.set_weights([np.arange(12.0).reshape(3, 4), np.array([0, 0, 0, np.inf])])
    figure = keras.visualization.plot_weight_histograms(model, bins=4, path=tmp_path / "weights.png")
    assert (tmp_path / "weights.png").stat().st_size > 1000
    assert heights(figure, 0) == [3, 3, 3, 3]
    assert sum(heights(figure, 1)) == 3
    assert "1 not finite" in figure.axes[1].get_title()
    with pytest.raises(ValueError, match="no numbers"):
        keras.visualization.plot_weight_histograms(keras.layers.ReLU())


def test_each_layer_has_a_histogram_of_what_it_returns(tmp_path):
    model = model_of()
    model.set_weights([np.zeros((3, 4)), np.array([-1.0, -1.0, 1.0, 3.0])])
    x = np.zeros((2, 3), "float32")
    figure = keras.visualization.plot_activation_histograms(model, x, bins=4, path=tmp_path / "activations.png")
    assert [axes.get_title() for axes in figure.axes] == ["a", "b"]
    assert heights(figure, 0) == [4, 0, 2, 2]
    assert heights(figure, 1) == [4, 2, 0, 2]
