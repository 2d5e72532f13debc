import shutil
import sys

import pytest

import keras


def model_of():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, "relu", name="deep")], name="inner")
    joined = keras.layers.Concatenate(name="join")([inner(a), b])
    return keras.Model([a, b], keras.layers.Dense(1, name="out")(joined), name="whole")


def test_layers_are_boxes_and_connections_lines():
    text = keras.utils.model_to_dot(model_of()).to_string()
    assert text.startswith('digraph "whole" {')
    for line in ('"inner" -> "join";', '"b" -> "join";', '"join" -> "out";', '"a" -> "inner";'):
        assert line in text
    assert '"out" [label="{out (Dense)}"];' in text
    assert "deep" not in text


def test_boxes_say_what_they_are_asked_to():
    text = keras.utils.model_to_dot(
        model_of(), show_shapes=True, show_dtype=True, show_layer_names=False, show_layer_activations=True,
        show_trainable=True, expand_nested=True, rankdir="LR", dpi=50,
    ).to_string()  # fmt: skip
    assert "{Dense|activation: relu|dtype: float32|input: (None, 4)|output: (None, 4)|trainable}" in text
    assert "rankdir=LR, dpi=50" in text
    assert 'subgraph "cluster_inner" {' in text
    assert '"inner/deep" -> "join";' in text


def test_a_part_of_another_drawing_and_sequences():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="x"), keras.layers.Dense(1, name="y")])
    text = keras.utils.model_to_dot(model, subgraph=True).to_string()
    assert text.startswith('subgraph "cluster_')
    assert '"x" -> "y";' in text


def test_the_text_needs_nothing_and_a_picture_graphviz(tmp_path, monkeypatch):
    path = tmp_path / "model.dot"
    assert keras.utils.plot_model(model_of(), path, show_layer_names=True) is None
    assert path.read_text() == keras.utils.model_to_dot(model_of()).to_string()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ImportError, match="Graphviz"):
        keras.utils.plot_model(model_of(), tmp_path / "model.png")
    assert not (tmp_path / "model.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a program for a shell")
def test_a_picture_is_what_graphviz_draws(tmp_path, monkeypatch):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho drawn $1\ncat > /dev/null\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    keras.utils.plot_model(model_of(), tmp_path / "model.svg")
    assert (tmp_path / "model.svg").read_text() == "drawn -Tsvg\n"
    program.write_text("#!/bin/sh\necho no >&2\nexit 3\n")
    with pytest.raises(RuntimeError, match="dot failed: no"):
        keras.utils.plot_model(model_of(), tmp_path / "other.svg")


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`rankdir`"):
        keras.utils.model_to_dot(model_of(), rankdir="up")
    with pytest.raises(TypeError, match="unknown arguments"):
        keras.utils.plot_model(model_of(), colour="red")
    with pytest.raises(ValueError, match="is not built"):
        keras.utils.model_to_dot(keras.Sequential([keras.layers.Dense(1)]))
