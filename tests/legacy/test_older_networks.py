"""Networks that Keras 3 has no more, as the releases have them that had them (tools/golden/*_applications.py)."""

import json
import re
import sys
import types
from pathlib import Path

import h5py
import numpy as np
import pytest

import keras
from keras import applications
from keras.applications.audio_conv_utils import decode_predictions, preprocess_input
from keras.applications.music_tagger_crnn import MusicTaggerCRNN
from keras.legacy.network_names import layer_name

GOLDEN = Path(__file__).parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

sys.path.remove(str(GOLDEN))
NETWORKS = json.loads((GOLDEN / "older_networks.json").read_text())
RESNEXT = json.loads((GOLDEN / "resnext.json").read_text())
MUSIC = json.loads((GOLDEN / "music_tagger.json").read_text())
SMALL = ("RegNetX002", "RegNetY002")


@pytest.fixture
def no_draws(monkeypatch):
    """New weights are zeros, which are there at once."""
    add_weight = keras.layers.Layer.add_weight

    def zeros(self, *args, **kwargs):
        return add_weight(self, *args, **{**kwargs, "initializer": "zeros"})

    monkeypatch.setattr(keras.layers.Layer, "add_weight", zeros)


def network(name):
    module = "resnext" if name.startswith("ResNeXt") else "regnet" if name.startswith("RegNet") else "resnet_rs"
    __import__(f"keras.applications.{module}")
    return getattr(sys.modules[f"keras.applications.{module}"], name)


def marked(names, slow):
    return [pytest.param(name, marks=[pytest.mark.slow] if slow(name) else []) for name in names]


@pytest.mark.parametrize("name", marked(NETWORKS, lambda name: name not in SMALL))
def test_a_network_has_the_weights_it_had(name, no_draws):
    wanted = NETWORKS[name]
    model = network(name)(weights=None)
    assert (model.name, model.count_params()) == (wanted["name"], wanted["count"])
    assert asked.digest(asked.weighted_layers(model)) == wanted["digest"]


@pytest.mark.parametrize("name", marked([n for n in asked.OLDER_RUNS if n in NETWORKS], lambda name: True))
def test_the_same_weights_give_the_outputs_they_gave(name, no_draws):
    model = network(name)(weights=None, **asked.OLDER_RUNS[name])
    np.testing.assert_allclose(asked.outputs(model), NETWORKS[name]["outputs"], rtol=2e-3, atol=1e-5)


@pytest.mark.slow
def test_resnext_makes_what_it_made(no_draws):
    model = network("ResNeXt50")(weights=None, **asked.OLDER_RUNS["ResNeXt50"])
    assert (model.name, model.count_params()) == (RESNEXT["name"], RESNEXT["count"])
    assert asked.digest(asked.weighted_layers(model)) == RESNEXT["digest"]

    def then(layer, weight):  # the release had another name for the kernel of a depthwise convolution
        kind = isinstance(layer, keras.layers.DepthwiseConv2D)
        return "depthwise_kernel" if kind else asked.weight_name(weight)

    model.set_weights(asked.values([(then(layer, w), tuple(w.shape)) for layer in model.layers for w in layer.weights]))
    outputs = model.predict(asked.image((32, 32, 3)), verbose=0)[0, :8]
    np.testing.assert_allclose(outputs, RESNEXT["outputs"], rtol=1e-3)
    assert network("ResNeXt101")(weights=None, **asked.OLDER_RUNS["ResNeXt50"]).count_params() > model.count_params()


def test_older_networks_are_where_they_were():
    assert applications.ResNetRS50 is network("ResNetRS50")
    with pytest.raises(ValueError, match=r"ResNetRS50 takes images of at least 32 x 32 pixels"):
        applications.ResNetRS50(weights=None, include_top=False, input_shape=(20, 32, 3))


def test_networks_take_the_names_of_arguments_they_took(no_draws):
    small = {"weights": None, "include_top": False, "input_shape": (32, 32, 3)}
    assert applications.ConvNeXtTiny(model_name="mine", **small).name == "mine"
    assert applications.MobileNetV2(depth_multiplier=1, alpha=0.35, **small).name == "mobilenetv2_0.35_32"
    with pytest.raises((TypeError, ValueError), match="depth_multiplier"):
        applications.MobileNetV2(depth_multiplier=2, **small)


def test_networks_take_arguments_in_the_order_they_had(no_draws):
    """In 1.x `classes` came where `pooling` is today; in 2.2 MobileNetV2 had `depth_multiplier` behind `alpha`."""
    assert applications.VGG16(True, None, None, (32, 32, 3), 7).output_shape == (None, 7)
    assert applications.VGG16(False, None, None, (32, 32, 3), "max").output_shape == (None, 512)
    assert applications.MobileNetV2((32, 32, 3), 0.05, 1, False, None, None, "avg").output_shape == (None, 1280)
    assert applications.MobileNetV2((32, 32, 3), 0.05, False, None, None, "avg").output_shape == (None, 1280)


# --- music


@pytest.mark.parametrize("order", ["th", "tf"])
def test_files_of_keras_1_with_weights_of_the_music_tagger_give_its_tags(order, tmp_path):
    """The file is as 1.2 wrote it, and as the published ones are: kernels of the order of axes it was made with."""
    wanted = MUSIC[order]
    names = [(asked.older_weight_name(n), tuple(shape)) for _, row in wanted["layers"] for n, shape in row]
    arrays = iter(asked.values(names))
    with h5py.File(tmp_path / "some.h5", "w") as file:
        file.attrs["layer_names"] = [layer.encode() for layer, _ in wanted["layers"]]
        for layer, row in wanted["layers"]:
            group = file.create_group(layer)
            group.attrs["weight_names"] = [name.encode() for name, _ in row]
            for name, _ in row:
                group[name] = next(arrays)
    keras.config.set_image_data_format("channels_first" if order == "th" else "channels_last")
    try:
        model = MusicTaggerCRNN(weights=None)
    finally:
        keras.config.set_image_data_format("channels_last")
    assert model.count_params() == wanted["count"]
    model.load_weights(tmp_path / "some.h5")
    outputs = model.predict(asked.image(model.input_shape[1:]), verbose=0)[0, :8]
    np.testing.assert_allclose(outputs, wanted["outputs"], rtol=1e-4)


def test_the_music_tagger_says_what_is_wrong():
    with pytest.raises(ValueError, match=r"`weights` must be 'msd' or None. Got 'imagenet'"):
        MusicTaggerCRNN(weights="imagenet")
    with pytest.raises(ValueError, match=r"with weights='msd', `classes` must be 50. Got 3"):
        MusicTaggerCRNN(classes=3)


def test_a_recording_is_cut_to_its_middle_and_shown_as_loudness(monkeypatch):
    asked_for = {}

    def melspectrogram(**settings):
        asked_for.update(settings)
        return np.full((96, 1366), 2.0)

    fake = types.SimpleNamespace(
        load=lambda path, sr: (np.arange(400_001.0), sr),
        feature=types.SimpleNamespace(melspectrogram=melspectrogram),
        power_to_db=lambda power, ref: 10 * np.log10(power / ref),
    )
    monkeypatch.setitem(sys.modules, "librosa", fake)
    found = preprocess_input("some.mp3", dim_ordering="th")
    assert found.shape == (1, 96, 1366)
    np.testing.assert_allclose(
        found[0, 0, 0], 10 * np.log10(4.0)
    )  # decibels of the squared power, as the release had it
    sound = asked_for.pop("y")
    assert (sound.shape, sound[0], sound[-1]) == ((349_440,), 25_280.0, 374_719.0)
    assert asked_for == {"sr": 12000, "hop_length": 256, "n_fft": 512, "n_mels": 96}
    fake.load = lambda path, sr: (np.ones(1000), sr)
    assert preprocess_input("some.mp3").shape == (96, 1366, 1)
    assert asked_for["y"].sum() == 1000.0
    monkeypatch.setitem(sys.modules, "librosa", None)
    with pytest.raises(ImportError, match="pip install librosa"):
        preprocess_input("some.mp3")


def test_tags_are_named():
    scores = np.zeros((1, 50))
    scores[0, [3, 7]] = 0.5, 0.25
    assert decode_predictions(scores, top_n=2) == [[("indie", 0.5), ("00s", 0.25)]]
    with pytest.raises(ValueError, match=re.escape("of shape (recordings, 50). Got shape (1, 4)")):
        decode_predictions(np.zeros((1, 4)))


# --- names of layers in files


# as tf_keras 2.21 names layers of MobileNetV3Small
@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("Conv", "conv"), ("Conv/BatchNorm", "conv_bn"), ("Conv_1/BatchNorm", "conv_1_bn"), ("Logits", "logits"),
        ("expanded_conv/depthwise", "expanded_conv_depthwise"),
        ("expanded_conv_3/squeeze_excite/AvgPool", "expanded_conv_3_squeeze_excite_avg_pool"),
        ("expanded_conv_3/squeeze_excite/Conv_1", "expanded_conv_3_squeeze_excite_conv_1"),
        ("expanded_conv_10/expand/BatchNorm", "expanded_conv_10_expand_bn"),
    ],
)  # fmt: skip
def test_layers_of_mobilenetv3_are_found_by_the_names_of_tensorflow(old, today):
    assert layer_name(old, {today, "predictions", "dense"}) == today
    assert layer_name(old, {"dense"}) == old


def test_programs_of_tensorflow_find_layers_of_mobilenetv3(in_era):
    in_era("tf2.15")
    model = keras.applications.MobileNetV3Small(weights=None, input_shape=(32, 32, 3), alpha=0.75)
    assert model.get_layer("expanded_conv/squeeze_excite/Conv").name == "expanded_conv_squeeze_excite_conv"
    assert model.get_layer("Logits").name == "logits"


@pytest.mark.parametrize("by_name", [False, True])
def test_files_of_resnet50_of_1_and_2_find_their_layers(by_name, tmp_path):
    """They list the shortcut of a block last, today's network has it first, and both have the same shape."""
    renamed = {
        "conv2_block1_0_conv": "res2a_branch1", "conv2_block1_3_conv": "res2a_branch2c", "conv5_block3_2_bn":
        "bn5c_branch2b", "conv1_conv": "conv1", "conv1_bn": "conv1/bn", "predictions": "fc1000", "own": "own",
    }  # fmt: skip
    x = keras.Input((4, 4, 2))
    y = [keras.layers.Conv2D(2, 1, name=n)(x) for n in renamed if n.endswith("conv")]
    y += [keras.layers.BatchNormalization(name=n)(x) for n in renamed if n.endswith("bn")]
    y += [keras.layers.Dense(3, name=n)(x) for n in ("predictions", "own")]
    model = keras.Model(x, y)
    wanted = {n: asked.values([(asked.weight_name(w), w.shape) for w in model.get_layer(n).weights]) for n in renamed}
    for i, arrays in enumerate(wanted.values()):
        arrays[0] += i
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names"] = [old.encode() for old in reversed(renamed.values())]
        for name, old in renamed.items():
            group = file.create_group(old)
            group.attrs["weight_names"] = [f"{i}:0".encode() for i in range(len(wanted[name]))]
            for i, array in enumerate(wanted[name]):
                group[f"{i}:0"] = array
    model.load_weights(tmp_path / "old.h5", by_name=by_name)
    for name, arrays in wanted.items():
        for found, array in zip(model.get_layer(name).get_weights(), arrays, strict=True):
            np.testing.assert_array_equal(found, array)


def test_a_classifier_of_mobilenet_v2_of_2_finds_todays_by_name_if_it_fits(tmp_path):
    def model(classes, name):
        x = keras.Input((4,))
        return keras.Model(x, keras.layers.Dense(classes, name=name)(keras.layers.Dense(2, name="features")(x)))

    old, same, other = model(5, "Logits"), model(5, "predictions"), model(3, "predictions")
    old.save(tmp_path / "old.h5")
    own = other.get_layer("predictions").get_weights()
    for one in (same, other):
        one.load_weights(tmp_path / "old.h5", by_name=True)
    for i in range(4):
        np.testing.assert_array_equal(same.get_weights()[i], old.get_weights()[i])
    np.testing.assert_array_equal(other.get_layer("features").kernel, old.get_layer("features").kernel)
    np.testing.assert_array_equal(other.get_layer("predictions").kernel, own[0])  # 2.3 found no layer of that name


def test_layers_are_found_by_their_names_of_the_year():
    x = keras.Input((4,))
    model = keras.Model(x, keras.layers.Dense(2, name="conv1_relu")(x))
    with pytest.raises(ValueError, match="no layer 'conv1/relu'"):
        model.get_layer("conv1/relu")
    before = keras.config.era()
    keras.config.set_era("2.3")
    try:
        assert model.get_layer("conv1/relu") is model.get_layer(name="conv1_relu") is model.get_layer(index=1)
        with pytest.raises(ValueError, match="no layer 'conv1/bn'"):
            model.get_layer("conv1/bn")
    finally:
        keras.config.set_era(before)


# what Keras 1.2.2 and 2.3.1 said (tools/golden/network_files.py): settings, weights, digest; and a layer of theirs
BY_YEAR = {
    ("1", "InceptionV3"): (
        {"include_top": False, "input_shape": (139, 139, 3)}, 21611968,
        "40c5a1152adb4d8a085ca79f3843e7457ba4f34df79e99905007d05e4ed4f4d5", "mixed10",
    ),
    ("1", "ResNet50"): (
        {"input_shape": (224, 224, 3), "classes": 5}, 23597957,
        "7a9773ee9c391201656e70fc6486cde28973c6ecf3146fc567274a9a8ecacd44", "flatten_1",
    ),
    ("2.3", "ResNet50"): (
        {"input_shape": (224, 224, 3), "classes": 5}, 23597957,
        "7a9773ee9c391201656e70fc6486cde28973c6ecf3146fc567274a9a8ecacd44", "pool1_pad",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("era", "name"), BY_YEAR, ids=["-".join(key) for key in BY_YEAR])
def test_a_network_is_the_one_that_had_the_name_in_its_year(era, name, no_draws):
    settings, count, digest, layer = BY_YEAR[era, name]
    before = keras.config.era()
    keras.backend.clear_session()
    keras.config.set_era(era)
    try:
        model = getattr(applications, name)(weights=None, **settings)
    finally:
        keras.config.set_era(before)
    assert model.count_params() == count
    assert asked.digest(asked.weighted_layers(model)) == digest
    assert model.get_layer(layer) in model.layers


def test_a_call_in_the_order_of_keras_1_makes_the_network_of_that_time(no_draws):
    model = applications.ResNet50(True, None, None, (224, 224, 3), 5)
    assert model.layers[-1].name == "fc1000"
    assert model.output_shape == (None, 5)
