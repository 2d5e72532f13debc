"""The networks: layers, weights and outputs as Keras 3.15 has them (tools/golden/keras3_applications.py)."""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import applications, ops
from keras.applications import imagenet_utils

GOLDEN = Path(__file__).parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))
import application_models as asked  # noqa: E402

sys.path.remove(str(GOLDEN))
VALUES = json.loads((GOLDEN / "applications.json").read_text())
NAMES = [name for name in applications.__all__ if name[0].isupper()]
LONG = {
    "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "EfficientNetV2S", "InceptionResNetV2",
    "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2",
}  # take more than two seconds to compile  # fmt: skip
ALIKE = {
    "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2S", "MobileNetV3Large", "NASNetMobile",
}  # of families of which another is made in every run  # fmt: skip
LARGE = 30_000_000  # weights; networks with more are made in the slow part of the suite


def marked(names, slow):
    return [pytest.param(name, marks=[pytest.mark.slow] if slow(name) else []) for name in names]


@pytest.fixture
def no_draws(monkeypatch):
    """New weights are zeros, which are there at once."""
    add_weight = keras.layers.Layer.add_weight

    def zeros(self, *args, **kwargs):
        return add_weight(self, *args, **{**kwargs, "initializer": "zeros"})

    monkeypatch.setattr(keras.layers.Layer, "add_weight", zeros)


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    def refuse(address, timeout=None):
        raise OSError("there is no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", marked(NAMES, lambda name: VALUES[name]["count"] > LARGE or name in ALIKE))
def test_a_network_has_the_layers_and_weights_of_keras_3(name, no_draws):
    compare_layers(getattr(applications, name)(weights=None), VALUES[name])


@pytest.mark.parametrize("name", marked(asked.VARIANTS, lambda name: name != "MobileNetV3Small minimalistic"))
def test_further_settings_make_the_layers_and_weights_of_keras_3(name, no_draws):
    network, settings = asked.VARIANTS[name]
    compare_layers(getattr(applications, network)(weights=None, **settings), VALUES[name])


def compare_layers(model, wanted):
    assert model.name == wanted["name"]
    assert model.count_params() == wanted["count"]
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == wanted["trainable"]
    assert len(model.layers) == wanted["layers"]
    assert asked.digest(asked.description(model)) == wanted["digest"]


@pytest.mark.parametrize(
    "name", marked([n for n in NAMES if n in asked.RUNS], lambda name: name in LONG or name in asked.RELATIVES)
)
def test_the_same_weights_give_the_outputs_of_keras_3(name, no_draws):
    model = getattr(applications, name)(weights=None, **asked.RUNS[name])
    np.testing.assert_allclose(asked.outputs(model), VALUES[name]["outputs"], rtol=2e-3, atol=1e-5)


def test_weights_go_through_a_file_and_channels_may_be_in_front(no_draws, tmp_path):
    small = {"alpha": 0.25, "include_top": False}
    model = applications.MobileNet(weights=None, input_shape=(32, 32, 3), **small)
    asked.fill(model)
    model.save_weights(tmp_path / "some.weights.h5")
    keras.config.set_image_data_format("channels_first")
    try:
        other = applications.MobileNet(weights=str(tmp_path / "some.weights.h5"), input_shape=(3, 32, 32), **small)
    finally:
        keras.config.set_image_data_format("channels_last")
    assert (model.output_shape, other.output_shape) == ((None, 1, 1, 256), (None, 256, 1, 1))
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_network_takes_a_tensor_and_ends_as_pooling_says(no_draws):
    x = keras.Input((40, 48, 3))
    small = {"weights": None, "include_top": False, "alpha": 0.25}
    model = applications.MobileNet(input_tensor=x * 2.0, pooling="max", **small)
    assert model.input is x
    assert (model.output_shape, model.name) == ((None, 256), "mobilenet_0.25_None")  # the tensor does not name it
    model = applications.MobileNet(**small)
    assert (model.input_shape, model.name) == ((None, None, None, 3), "mobilenet_0.25_None")
    assert applications.MobileNet(input_shape=(64, 64, 1), **small, name="grey").name == "grey"
    logits = applications.MobileNet(
        weights=None, alpha=0.25, input_shape=(32, 32, 3), classes=7, classifier_activation=None
    )
    assert logits.output_shape == (None, 7)
    assert logits.layers[-1].activation is keras.activations.linear
    with pytest.raises(ValueError, match=r"`input_tensor` must be a symbolic tensor"):
        applications.MobileNet(input_tensor=np.zeros((1, 32, 32, 3)), **small)


def test_what_pooling_asks_for_is_named_as_in_keras_3(no_draws):
    """Names are what `get_layer` and files go by: 'avg_pool' in some families, made up in the others."""
    small = {"weights": None, "include_top": False, "input_shape": (32, 32, 3)}
    assert applications.MobileNetV3Small(**small, pooling="max").layers[-1].name == "max_pool"
    assert applications.MobileNet(**small, pooling="avg").layers[-1].name.startswith("global_average_pooling2d")


def test_convnext_takes_channels_in_front_and_gives_the_same(no_draws, tmp_path):
    sizes = {"weights": None, "include_top": False}
    model = applications.ConvNeXtTiny(**sizes, input_shape=(32, 64, 3))
    keras.config.set_image_data_format("channels_first")
    try:
        other = applications.ConvNeXtTiny(**sizes, input_shape=(3, 32, 64))
    finally:
        keras.config.set_image_data_format("channels_last")
    assert (model.output_shape, other.output_shape) == ((None, 1, 2, 768), (None, 768, 1, 2))
    assert [w.shape for w in model.weights] == [w.shape for w in other.weights]


def test_layers_of_single_networks_are_known_to_files():
    x = keras.Input((4,))
    scaled = keras.layers.deserialize(
        {"class_name": "LayerScale", "config": {"init_values": 0.5, "projection_dim": 4}}
    )(x)
    module = "keras.src.applications.inception_resnet_v2"
    entry = {"module": module, "class_name": "CustomScaleLayer", "config": {"scale": 0.25}, "registered_name": None}
    model = keras.Model(x, keras.saving.deserialize_keras_object(entry)([x, scaled]))
    other = keras.models.model_from_json(model.to_json())
    for one in (model, other):
        np.testing.assert_allclose(one(np.array([[8.0, 0, 16, 24]], "float32")), [[9.0, 0, 18, 27]])
    assert json.loads(model.to_json())["config"]["layers"][1]["module"] == "keras.src.applications.convnext"


WRONG = [
    ({"weights": "nowhere"}, r"VGG16: `weights` must be None, 'imagenet', or the path"),
    ({"classes": 10}, r"with weights='imagenet', `classes` must be 1000. Got 10"),
    ({"classifier_activation": "relu"}, r"`classifier_activation` must be 'softmax' or None"),
    ({"pooling": "sum"}, r"`pooling` must be None, 'avg' or 'max'. Got 'sum'"),
    ({"input_shape": (64, 64, 3)}, r"images are 224 x 224"),
    ({"input_shape": (64, 64, 1), "include_top": False}, r"images must have 3 channels"),
    ({"input_shape": (20, 64, 3), "include_top": False, "weights": None}, r"at least 32 x 32 pixels"),
    ({"input_shape": (64, 64), "include_top": False, "weights": None}, r"`input_shape` must be three numbers"),
    ({"input_shape": (None, None, 3), "weights": None}, r"`input_shape` must be known in full"),
    ({"input_shape": (64, 64, None), "weights": None}, r"`input_shape` must be known in full"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[str(a) for a, _ in WRONG])
def test_wrong_arguments_are_told_before_anything_is_made(arguments, message):
    with pytest.raises(ValueError, match=message):
        applications.VGG16(**arguments)


def test_a_tensor_and_a_shape_that_differ_are_refused_where_keras_3_refuses_them():
    x = keras.Input((64, 64, 3))
    for name in ("MobileNetV2", "MobileNetV3Small"):
        with pytest.raises(ValueError, match=r"must be of one shape. Got \(64, 64, 3\) and \(32, 32, 3\)"):
            getattr(applications, name)(input_tensor=x, input_shape=(32, 32, 3), include_top=False, weights=None)
    with pytest.raises(ValueError, match=r"MobileNetV3Small takes images of at least 32 x 32 pixels"):
        applications.MobileNetV3Small(input_tensor=keras.Input((20, 48, 3)), include_top=False, weights=None)


@pytest.mark.parametrize(
    ("make", "arguments", "file"),
    [
        ("MobileNet", {}, "mobilenet_1_0_224_tf.h5"),
        ("MobileNet", {"alpha": 0.25, "input_shape": (128, 128, 3)}, "mobilenet_2_5_128_tf.h5"),
        ("MobileNetV2", {"alpha": 0.35, "include_top": False},
         "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5"),
        ("ResNet50", {"include_top": False}, "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"),
        ("MobileNetV3Small", {"alpha": 0.75, "include_top": False},
         "weights_mobilenet_v3_small_224_0.75_float_no_top_v2.h5"),
        ("MobileNetV3Small", {"minimalistic": True, "input_shape": (64, 64, 3)},
         "weights_mobilenet_v3_small_minimalistic_224_1.0_float.h5"),
    ],
)  # fmt: skip
def test_without_a_network_the_message_names_the_file_with_the_weights(make, arguments, file, no_draws, no_network):
    with pytest.raises(OSError, match="could not be downloaded") as caught:
        getattr(applications, make)(**arguments)
    assert str(caught.value).endswith(f"put the file there yourself: {no_network / 'models' / file}")


def test_a_published_file_put_there_by_hand_is_used_if_it_is_that_file(no_draws, no_network, monkeypatch):
    settings = {"minimalistic": True, "include_top": False}
    file = no_network / "models" / "weights_mobilenet_v3_small_minimalistic_224_1.0_float_no_top_v2.h5"
    file.parent.mkdir()
    model = applications.MobileNetV3Small(weights=None, **settings)
    model.weights[0].assign(ops.ones(model.weights[0].shape))
    model.save_weights(no_network / "mine.weights.h5")
    (no_network / "mine.weights.h5").rename(file)
    with pytest.raises(OSError, match=r"is another one: its md5 is .* must be cde8136e733e811080d9fcd8a252f7e4"):
        applications.MobileNetV3Small(**settings)
    found = hashlib.md5(file.read_bytes()).hexdigest()
    monkeypatch.setitem(applications.mobilenet_v3._HASHES["Small"], (1.0, True), (None, found))
    assert np.min(applications.MobileNetV3Small(**settings).weights[0]) == 1.0


def test_mobilenet_v2_takes_the_published_file_that_fits_its_tensor(no_draws, no_network):
    with pytest.raises(OSError, match=r"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0\.35_96\.h5 could not"):
        applications.MobileNetV2(alpha=0.35, input_tensor=keras.Input((96, 96, 3)))


def test_mobilenet_has_published_weights_for_some_widths_only():
    with pytest.raises(ValueError, match=r"are there for `alpha` 0.25, 0.5, 0.75 or 1 and `depth_multiplier` 1"):
        applications.MobileNet(alpha=0.3)
    with pytest.raises(ValueError, match=r"MobileNetV2: weights='imagenet' are there for `alpha` in"):
        applications.MobileNetV2(alpha=0.3)
    with pytest.raises(ValueError, match=r"MobileNetV3Large: weights='imagenet' are there for `alpha` 0.75 or 1"):
        applications.MobileNetV3Large(alpha=0.75, minimalistic=True)


def test_published_efficientnets_scale_once_more(no_draws, no_network, monkeypatch):
    made = []
    monkeypatch.setattr(keras.Model, "load_weights", lambda self, path: made.append(self))
    (no_network / "models").mkdir()
    (no_network / "models" / "efficientnetb0_notop.h5").write_bytes(b"")
    download = sys.modules[keras.utils.get_file.__module__]
    monkeypatch.setattr(download, "_fits", lambda *args: True)
    applications.EfficientNetB0(include_top=False)
    kinds = [type(layer).__name__ for layer in made[0].layers[:4]]
    assert kinds == ["InputLayer", "Rescaling", "Normalization", "Rescaling"]
    np.testing.assert_allclose(made[0].layers[3].scale, [2.0896919, 2.1128856, 2.1081851], rtol=1e-6)


# --- pixels and classes

PIXELS = np.arange(12, dtype="float32").reshape(1, 2, 2, 3) * 20
SCALED = {
    "caffe": [-63.939, -96.779, -123.68, -3.939, -36.779, -63.68],
    "tf": [-1.0, -0.84314, -0.68627, -0.52941, -0.37255, -0.21569],
    "torch": [-2.1179, -1.68557, -1.10728, -1.09042, -0.63515, -0.06152],
    "as they are": [0, 20, 40, 60, 80, 100],
}
MODES = {"vgg16": "caffe", "vgg19": "caffe", "resnet": "caffe", "resnet50": "caffe", "resnet_v2": "tf",
         "mobilenet": "tf", "mobilenet_v2": "tf", "mobilenet_v3": "as they are", "densenet": "torch",
         "xception": "tf", "efficientnet": "as they are", "inception_v3": "tf", "convnext": "as they are",
         "efficientnet_v2": "as they are", "inception_resnet_v2": "tf", "nasnet": "tf"}  # fmt: skip


@pytest.mark.parametrize("name", [n for n in MODES if n in applications.__all__])
def test_pixels_are_scaled_as_each_network_wants_them(name):
    module = getattr(applications, name)
    wanted = SCALED[MODES[name]]
    np.testing.assert_allclose(module.preprocess_input(PIXELS.copy()).ravel()[:6], wanted, atol=1e-5)
    np.testing.assert_allclose(np.ravel(module.preprocess_input(ops.convert_to_tensor(PIXELS)))[:6], wanted, atol=1e-4)
    first = module.preprocess_input(PIXELS[0].transpose(2, 0, 1).copy(), data_format="channels_first")
    np.testing.assert_allclose(first.transpose(1, 2, 0).ravel()[:6], wanted, atol=1e-5)
    assert module.decode_predictions is imagenet_utils.decode_predictions


def test_an_array_of_floats_is_scaled_in_place_and_one_of_integers_is_not():
    x, y = PIXELS.copy(), PIXELS.astype("int64")
    assert imagenet_utils.preprocess_input(x, mode="tf") is x
    assert imagenet_utils.preprocess_input(y, mode="tf").dtype == "float32"
    np.testing.assert_array_equal(y, PIXELS)
    with pytest.raises(ValueError, match=r"`mode` must be 'caffe', 'tf' or 'torch'. Got 'theano'"):
        imagenet_utils.preprocess_input(x, mode="theano")
    with pytest.raises(ValueError, match=r"takes one image with 3 axes, or a batch with 4. Got shape \(2, 2\)"):
        imagenet_utils.preprocess_input(np.zeros((2, 2)))


def test_mode_caffe_subtracts_in_place_and_turns_channels_round_in_the_result_alone():
    x = np.zeros((1, 1, 1, 3))
    found = imagenet_utils.preprocess_input(x)
    np.testing.assert_allclose(found.ravel(), [-103.939, -116.779, -123.68])  # Keras 3.15 does the same to both
    np.testing.assert_allclose(x.ravel(), [-123.68, -116.779, -103.939])


def test_films_and_tensors_of_any_float_are_scaled_and_other_channels_refused():
    film = imagenet_utils.preprocess_input(PIXELS[None].copy(), mode="torch")
    np.testing.assert_allclose(film.ravel()[:6], SCALED["torch"], atol=1e-5)
    half = ops.cast(PIXELS, "float16")
    for mode in ("caffe", "torch"):
        found = imagenet_utils.preprocess_input(half, mode=mode)
        assert found.dtype == "float16"
        np.testing.assert_allclose(np.ravel(found)[:6], SCALED[mode], rtol=2e-3, atol=1e-3)
        with pytest.raises(ValueError, match=rf"mode '{mode}' takes 3 channels, with 'channels_last'. Got shape"):
            imagenet_utils.preprocess_input(np.zeros((1, 3, 4, 4)), mode=mode)
    assert imagenet_utils.preprocess_input(np.zeros((4, 4, 1)), mode="tf").max() == -1.0


@pytest.mark.parametrize("name", ["imagenet_utils", "resnet50", "vgg16", "vgg19"])
def test_pixels_may_be_told_the_order_of_axes_as_in_keras_1(name):
    x = PIXELS.transpose(0, 3, 1, 2)
    found = getattr(applications, name).preprocess_input(x.copy(), dim_ordering="th")
    np.testing.assert_allclose(found.transpose(0, 2, 3, 1).ravel()[:6], SCALED["caffe"], atol=1e-5)


def test_predictions_are_named_by_the_index_of_classes(no_network, monkeypatch):
    index = {str(i): [f"n{i:08}", f"thing {i}"] for i in range(1000)}
    (no_network / "models").mkdir()
    file = no_network / "models" / "imagenet_class_index.json"
    file.write_text(json.dumps(index))
    monkeypatch.setattr(imagenet_utils, "_index", {})
    monkeypatch.setattr(imagenet_utils, "INDEX_HASH", hashlib.sha256(file.read_bytes()).hexdigest())
    scores = np.zeros((2, 1000), "float32")
    scores[0, [7, 3]], scores[1, 999] = [0.25, 0.75], 1.0
    first, second = imagenet_utils.decode_predictions(scores, top=2)
    assert first == [("n00000003", "thing 3", 0.75), ("n00000007", "thing 7", 0.25)]
    assert second[0] == ("n00000999", "thing 999", 1.0)
    with pytest.raises(ValueError, match=r"of shape \(images, 1000\). Got shape \(2, 10\)"):
        imagenet_utils.decode_predictions(np.zeros((2, 10)))
