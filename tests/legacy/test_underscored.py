"""Helpers with an underscore in front that programs of 1.x and 2.x import all the same."""

import importlib

import numpy as np
import pytest

from keras.applications.imagenet_utils import _obtain_input_shape
from keras.legacy import era


@pytest.fixture
def in_era_2():
    """The defaults of 2.3."""
    era.set_era("2.3")
    yield
    era.set_era(era.TODAY)


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("keras.applications.mobilenet", "relu6"),
        ("keras.backend.common", "_EPSILON"),
        ("keras.backend.tensorflow_backend", "_EPSILON _get_available_gpus _to_tensor"),
        ("keras.engine.topology", "_is_all_none _object_list_uid _to_list"),
        ("keras.engine.training", "_batch_shuffle _make_batches _slice_arrays _weighted_masked_objective"),
        ("keras.engine.training_utils", "batch_shuffle is_sequence iter_sequence_infinite weighted_masked_objective"),
        ("keras.initializers", "_compute_fans"),
        ("keras.preprocessing.sequence", "_remove_long_seq"),
        ("keras.utils.generic_utils", "is_all_none object_list_uid"),
        ("keras.utils.io_utils", "h5dict"),
    ],
)
def test_a_helper_is_where_it_was(module, names):
    assert all(hasattr(importlib.import_module(module), name) for name in names.split())


@pytest.mark.parametrize(
    ("shape", "data_format", "flatten", "weights", "found"),
    [
        (None, "channels_last", True, None, (224, 224, 3)),
        (None, "channels_last", False, None, (None, None, 3)),
        (None, "channels_first", False, "imagenet", (3, None, None)),
        ((64, 48, 1), "channels_last", True, None, (64, 48, 1)),
        ((3, None, None), "channels_first", False, None, (3, None, None)),
        ((224, 224, 3), "channels_last", True, "imagenet", (224, 224, 3)),
    ],
)
def test_the_shape_of_images_is_what_2_made_of_it(shape, data_format, flatten, weights, found):
    assert _obtain_input_shape(shape, 224, 32, data_format, flatten, weights) == found


@pytest.mark.parametrize(
    ("shape", "flatten", "weights"),
    [
        ((16, 64, 3), False, None),  # too small
        ((64, 3), False, None),
        ((64, 64, 1), False, "imagenet"),
        ((64, 64, 3), True, "imagenet"),  # not the size the weights were made for
        ((None, 64, 3), True, None),
    ],
)
def test_a_shape_that_does_not_suit_a_network_is_an_error(shape, flatten, weights):
    with pytest.raises(ValueError, match=r"images|Images"):
        _obtain_input_shape(shape, 224, 32, "channels_last", flatten, weights)


def test_fans_of_dense_weights_and_kernels():
    fans = importlib.import_module("keras.initializers")._compute_fans
    assert fans((5, 7)) == (5, 7)
    assert fans((3, 3, 4, 8)) == (36, 72)
    assert fans((8, 4, 3, 3), data_format="channels_first") == (36, 72)


def test_a_masked_loss_is_the_mean_over_what_counts():
    make = importlib.import_module("keras.engine.training_utils").weighted_masked_objective
    loss = make(lambda y, p: np.abs(y - p).mean(-1))
    y, p = np.zeros((2, 2, 1), "float32"), np.float32([[[1], [3]], [[5], [7]]])
    mask = np.array([[True, True], [False, False]])
    np.testing.assert_allclose(loss(y, p, None, mask), 2.0, rtol=1e-6)
    np.testing.assert_allclose(loss(y, p, np.float32([1, 0])), 2.0)
    assert make(None) is None


def test_sequences_of_the_largest_length_are_left_out():
    remove = importlib.import_module("keras.preprocessing.sequence")._remove_long_seq
    assert remove(3, [[1], [2, 2], [3, 3, 3]], ["a", "b", "c"]) == ([[1], [2, 2]], ["a", "b"])


def test_no_helper_comes_with_a_star(in_era_2):
    names: dict = {}
    exec("from keras.initializers import *\nfrom keras.preprocessing.sequence import *", names)
    assert not {"_compute_fans", "_remove_long_seq"} & set(names)


def test_the_backend_tells_its_name(in_era_2):
    assert importlib.import_module("keras.backend")._BACKEND == "tensorflow"


def test_hard_sigmoid_is_that_of_its_year(in_era_2):
    activations = importlib.import_module("keras.activations")
    np.testing.assert_allclose(activations.hard_sigmoid(1.0), 0.7, rtol=1e-6)  # 0.2 * 1 + 0.5 in 2.3.1
    assert activations.hard_sigmoid is activations.get("hard_sigmoid")
    era.set_era("3")
    np.testing.assert_allclose(activations.hard_sigmoid(1.0), 2 / 3, rtol=1e-6)


def test_a_metric_has_weights_as_the_layer_it_was_in_2():
    metric = importlib.import_module("keras.metrics").Mean()
    assert [w.name for w in metric.weights] == ["total", "count"]


def test_binary_accuracy_was_the_mean_over_the_last_axis(in_era_2):
    metrics = importlib.import_module("keras.metrics")
    y, p = np.float32([[1, 0, 0, 1], [1, 1, 1, 1]]), np.full((2, 4), 0.9, "float32")
    np.testing.assert_allclose(metrics.binary_accuracy(y, p), [0.5, 1.0])
    era.set_era("3")
    assert metrics.binary_accuracy(y, p).shape == (2, 4)


def test_weights_below_1_count_in_the_overlaps_of_2(in_era_2):
    metric = importlib.import_module("keras.metrics").MeanIoU(num_classes=2)
    # (0.2 / (0.6 + 0.5 - 0.2) + 0.1 / (0.4 + 0.5 - 0.1)) / 2, which 2.3.1 returns
    found = metric([0, 0, 1, 1], [0, 1, 0, 1], sample_weight=[0.2, 0.3, 0.4, 0.1])
    np.testing.assert_allclose(found, 0.1736111, rtol=1e-5)


@pytest.mark.parametrize("target", ["channels_first", "channels_last"])
def test_rows_behind_flatten_go_to_the_other_order_of_axes(target):
    """The shape is told in the order that the images will have, as 2.3.1 reads it."""
    layers = importlib.import_module("keras.layers")
    tools = importlib.import_module("keras.utils.layer_utils")
    last, first = (2, 3, 4), (4, 2, 3)
    before, after = (last, first) if target == "channels_first" else (first, last)
    dense = layers.Dense(5, use_bias=False)
    x = np.arange(24, dtype="float32").reshape(1, *before)
    wanted = np.asarray(dense(x.reshape(1, -1)))
    tools.convert_dense_weights_data_format(dense, after, target)
    moved = np.moveaxis(x, 3, 1) if target == "channels_first" else np.moveaxis(x, 1, 3)
    np.testing.assert_allclose(dense(moved.reshape(1, -1)), wanted, rtol=1e-4, atol=1e-4)
