"""Drawings of models: boxes, lines and frames, in each of the formats."""

import itertools
import re
import shutil
import sys

import pytest

import keras
from keras.utils import _drawing
from keras.utils._layout import arranged


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


def test_graphviz_draws_only_if_asked_to(tmp_path, monkeypatch):
    path = tmp_path / "model.dot"
    assert keras.utils.plot_model(model_of(), path, show_layer_names=True) is None
    assert path.read_text() == keras.utils.model_to_dot(model_of()).to_string()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ImportError, match="Graphviz"):
        keras.utils.plot_model(model_of(), tmp_path / "model.png", engine="graphviz")
    assert not (tmp_path / "model.png").exists()


@pytest.mark.parametrize("rankdir", ["TB", "BT", "LR", "RL"])
def test_pictures_have_every_box_and_line(tmp_path, rankdir):
    settings = {"show_layer_names": True, "show_shapes": True, "expand_nested": True, "rankdir": rankdir}
    keras.utils.plot_model(model_of(), tmp_path / "model.svg", **settings)
    text = (tmp_path / "model.svg").read_text()
    for words in ("deep (Dense)", "join (Concatenate)", "output: (None, 8)", ">inner<"):
        assert words in text
    assert text.count("<polyline") == 5
    keras.utils.plot_model(model_of(), tmp_path / "model.pdf", **settings)
    document = (tmp_path / "model.pdf").read_bytes()
    assert document.startswith(b"%PDF")
    assert b"(deep \\(Dense\\)) Tj" in document
    keras.utils.plot_model(model_of(), tmp_path / "model.png", dpi=50, **settings)
    found = keras.utils.img_to_array(keras.utils.load_img(tmp_path / "model.png"))
    assert found.min() < 100
    assert (found.shape[0] > found.shape[1]) == (rankdir in ("TB", "BT"))


def test_boxes_do_not_overlap():
    x = keras.Input((4,))
    branches = [keras.layers.Dense(2, name=f"a_rather_long_name_{i}")(x) for i in range(4)]
    deeper = keras.layers.Dense(2)(branches[0])
    model = keras.Model(x, keras.layers.Concatenate()([deeper, *branches, x]))
    shown = dict.fromkeys(("names", "activations", "dtype", "shapes", "trainable"), True)
    parts = _drawing._collected(model, shown, expand=False)
    boxes = arranged(parts.boxes, parts.edges, "TB", {}).boxes
    for one in boxes:
        for other in boxes:
            apart = abs(one.x - other.x) >= (one.width + other.width) / 2
            assert one is other or apart or abs(one.y - other.y) >= (one.height + other.height) / 2


def test_mermaid_and_text(tmp_path):
    keras.utils.plot_model(model_of(), tmp_path / "model.mmd", expand_nested=True, rankdir="LR")
    text = (tmp_path / "model.mmd").read_text()
    assert text.startswith("flowchart LR")
    assert 'subgraph "inner"' in text
    assert text.count("subgraph") == text.count("end\n")
    assert text.count("-->") == 5
    keras.utils.plot_model(model_of(), tmp_path / "model.txt")
    assert "join (Concatenate)  <- inner (Sequential), b (InputLayer)" in (tmp_path / "model.txt").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="a program for a shell")
def test_a_picture_is_what_graphviz_draws(tmp_path, monkeypatch):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho drawn $1\ncat > /dev/null\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    keras.utils.plot_model(model_of(), tmp_path / "model.svg", engine="graphviz")
    assert (tmp_path / "model.svg").read_text() == "drawn -Tsvg\n"
    program.write_text("#!/bin/sh\necho no >&2\nexit 3\n")
    with pytest.raises(RuntimeError, match="dot failed: no"):
        keras.utils.plot_model(model_of(), tmp_path / "other.svg", engine="graphviz")


def test_names_of_strangers_stay_names(tmp_path, capsys):
    name = 'a\\"]; b [image="/etc/passwd"\n\x1b[31m<i>\\'
    x = keras.Input((4,), name="x")
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)], name=name)
    model = keras.Model(x, keras.layers.Dense(1, name=name + "2")(inner(x)), name=name)
    dot = keras.utils.model_to_dot(model, expand_nested=True, show_shapes=True).to_string()
    # as Graphviz reads: a backslash and what comes after it belong together, a quote alone ends a text
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", dot)
    assert "image" not in outside
    assert '"' not in outside
    keras.utils.plot_model(model, tmp_path / "model.mmd", expand_nested=True, show_layer_names=True)
    text = (tmp_path / "model.mmd").read_text()
    assert r'subgraph "a\#quot;]; b [image=#quot;/etc/passwd#quot;\n\x1b[31m#lt;i#gt;\"' in text
    assert "<i" not in text
    model.summary()
    keras.utils.plot_model(model, tmp_path / "model.svg", expand_nested=True, show_layer_names=True)
    assert "\x1b" not in dot + text + capsys.readouterr().out + (tmp_path / "model.svg").read_text()


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`rankdir`"):
        keras.utils.model_to_dot(model_of(), rankdir="up")
    with pytest.raises(TypeError, match="unknown argument"):
        keras.utils.plot_model(model_of(), colour="red")
    with pytest.raises(ValueError, match="is not built"):
        keras.utils.model_to_dot(keras.Sequential([keras.layers.Dense(1)]))


def test_a_frame_begins_below_what_is_before_it():
    def block(name, size):
        x = keras.Input((size,))
        inner = keras.Sequential([keras.Input((size,)), keras.layers.Dense(size)], name=f"{name}_inner")
        return keras.Model(x, keras.layers.add([x, inner(x)]), name=name)

    x = keras.Input((4,))
    whole = keras.Model(x, keras.layers.Dense(1)(keras.Sequential([keras.Input((4,)), block("a", 4)], name="outer")(x)))
    parts = _drawing._collected(whole, dict.fromkeys(("names", "activations", "dtype", "shapes", "trainable")), True)
    picture = arranged(parts.boxes, parts.edges, "TB", parts.titles)
    frames = {frame[0]: frame for frame in picture.frames}
    first = min(picture.boxes, key=lambda box: box.y)
    assert first.y + first.height / 2 < frames["outer"][2] < frames["a"][2] < frames["a_inner"][2]
    last = max(picture.boxes, key=lambda box: box.y)
    assert frames["a_inner"][4] < frames["a"][4] < frames["outer"][4] < last.y - last.height / 2


def test_letters_beyond_ascii_are_drawn(tmp_path):
    fonts = pytest.importorskip("PIL.ImageFont")
    try:
        fonts.truetype("DejaVuSansCondensed.ttf", 10)
    except OSError:
        pytest.skip("this system has no font with them")
    files = [tmp_path / f"{i}.png" for i in range(2)]
    for name, file in zip("öλ", files):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Flatten(name=name)])
        keras.utils.plot_model(model, file, show_layer_names=True, dpi=50)
    # what a font does not have is the same box for every letter
    assert files[0].read_bytes() != files[1].read_bytes()


def test_frames_stand_apart():
    inputs = [keras.Input((4,), name=f"in{i}") for i in range(3)]
    parts_of_it = [
        keras.Sequential([keras.Input((4,)), keras.layers.Dense(4), keras.layers.Dense(40)], name=f"part{i}")
        for i in range(3)
    ]
    outputs = [part(x) for part, x in zip(parts_of_it, inputs)]
    model = keras.Model(inputs, keras.layers.Concatenate()(outputs))
    parts = _drawing._collected(model, dict.fromkeys(("names", "activations", "dtype", "shapes", "trainable")), True)
    frames = arranged(parts.boxes, parts.edges, "TB", parts.titles).frames
    assert sorted(frame[0] for frame in frames) == ["part0", "part1", "part2"]
    left_to_right = sorted(frames, key=lambda frame: frame[1])
    assert all(one[3] <= other[1] for one, other in itertools.pairwise(left_to_right))


def test_a_layer_called_on_several_shapes_shows_them_all():
    rows, sequences = keras.Input((4,)), keras.Input((5, 4))
    shared = keras.layers.Dense(3)
    model = keras.Model([rows, sequences], [shared(rows), shared(sequences)])
    dot = keras.utils.model_to_dot(model, show_shapes=True).to_string()
    assert "input: (None, 4), (None, 5, 4)" in dot
    assert "output: (None, 3), (None, 5, 3)" in dot


def test_layers_of_a_model_without_a_graph_show_the_shapes_they_were_built_with():
    class Two(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.Dense(2)

        def call(self, x):
            return self.first(x)

    model = Two()
    model(keras.ops.zeros((1, 3)))
    dot = keras.utils.model_to_dot(model, show_shapes=True).to_string()
    assert "input: (1, 3)|output: (1, 2)" in dot
