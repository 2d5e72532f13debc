"""Programs of others that draw models, where they are installed: they read layers, nodes and shapes."""

import pytest

import keras
from keras import layers

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs


def functional():
    x = keras.Input((8, 8, 3))
    features = layers.Flatten()(layers.MaxPooling2D()(layers.Conv2D(4, 3, activation="relu")(x)))
    return keras.Model(x, [layers.Dense(2)(features), layers.Dense(3)(features)])


def test_visualkeras_draws_layers_and_graphs(tmp_path):
    visualkeras = pytest.importorskip("visualkeras")
    stack = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)])
    assert visualkeras.layered_view(stack, to_file=str(tmp_path / "stack.png")).size[0] > 10
    assert (tmp_path / "stack.png").exists()
    assert visualkeras.graph_view(functional()).size[0] > 10


def test_ann_visualizer_draws_the_units(tmp_path, monkeypatch):
    visualize = pytest.importorskip("ann_visualizer.visualize")
    graphviz = pytest.importorskip("graphviz")
    written = []
    monkeypatch.setattr(graphviz.Digraph, "view", lambda self, *a, **k: written.append(self.source))
    model = keras.Sequential([layers.Dense(4, input_dim=3, activation="relu"), layers.Dense(2)])
    visualize.ann_viz(model, view=True, filename=str(tmp_path / "net.gv"), title="net")
    assert "digraph" in written[0]
    assert "->" in written[0]


def test_keras_visualizer_writes_its_text(tmp_path, monkeypatch):
    keras_visualizer = pytest.importorskip("keras_visualizer")
    graphviz = pytest.importorskip("graphviz")
    written = []
    for name in ("render", "view"):
        monkeypatch.setattr(graphviz.Digraph, name, lambda self, *a, **k: written.append(self.source))
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(2, "softmax")])
    keras_visualizer.visualizer(model, file_name=str(tmp_path / "net"), file_format="png", view=False)
    assert "digraph" in written[0]
