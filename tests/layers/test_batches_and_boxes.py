"""Lists of batches, vectors over the axis of samples, images and boxes that are one rather than a batch."""

import numpy as np
import pytest

from keras import layers, ops

from .contract import assert_close

TABLE = np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 20.0], [7.0, 40.0]], "float32")


@pytest.mark.parametrize(
    "batches",
    [[TABLE[:1], TABLE[1:]], (TABLE,), [(TABLE[:2], np.zeros(2)), (TABLE[2:], np.zeros(2))]],
    ids=["list", "one", "pairs"],
)
def test_normalization_learns_from_a_list_of_batches_what_it_learns_from_the_table(batches):
    layer = layers.Normalization()
    layer.adapt(batches)
    assert_close(np.ravel(layer.mean), [4, 25])
    assert_close(np.ravel(layer.variance), [5, 125])
    assert layer(TABLE).shape == (4, 2)


def test_normalization_learns_from_a_list_of_vectors_as_rows():
    layer = layers.Normalization()
    layer.adapt(list(TABLE))
    assert_close(np.ravel(layer.mean), [4, 25])


def test_normalization_without_an_axis_takes_vectors_of_several_lengths_as_batches():
    layer = layers.Normalization(axis=None)
    layer.adapt([np.array([1.0, 2.0, 3.0]), np.array([6.0])])
    assert_close(np.ravel(layer.mean), [3])


def test_normalization_says_that_there_is_nothing_to_learn_from():
    with pytest.raises(ValueError, match="no batch"):
        layers.Normalization().adapt(iter(()))
    with pytest.raises(TypeError, match="arrays with axes"):
        layers.Normalization().adapt(iter([42]))


@pytest.mark.parametrize("weighted", [False, True])
def test_vectors_of_a_sample_are_made_over_the_axis_behind_that_of_the_batch(weighted):
    numbers = np.array([[[0, 1, 2], [0, 2, 2]]])  # two numbers for each of three places
    layer = layers.CategoryEncoding(3, output_mode="count")
    found = layer(numbers, count_weights=np.full(numbers.shape, 3.0)) if weighted else layer(numbers)
    assert_close(found, np.array([[[2, 0, 0], [0, 1, 1], [0, 0, 2]]]) * (3 if weighted else 1))
    assert layer.compute_output_shape((None, 2, 5)) == (None, 5, 3)


def test_multi_hot_intervals_are_made_over_the_axis_behind_that_of_the_batch():
    layer = layers.Discretization([1.0], output_mode="multi_hot")
    assert_close(layer(np.array([[[0.0, 2.0], [2.0, 2.0]]])), [[[1, 1], [0, 1]]])


def test_equalization_leaves_one_colour_and_finds_whole_numbers():
    one = np.full((1, 4, 4, 2), 128.0, "float32")
    one[..., 1] = np.arange(16).reshape(4, 4)
    found = np.asarray(layers.Equalization((0, 255))(one))
    assert (found[..., 0] == 128).all()
    assert found[..., 1].ravel().tolist() == [17.0 * i for i in range(16)]


def test_random_flip_keeps_the_boxes_of_one_image_without_a_batch():
    layer = layers.RandomFlip("horizontal", bounding_box_format="xyxy", data_format="channels_last")
    boxes = {"boxes": np.array([[1.0, 1.0, 4.0, 3.0], [0.0, 2.0, 5.0, 6.0]]), "labels": np.array([[1, 2]])}
    found = layer.transform_bounding_boxes(boxes, {"flips": np.array([[True]]), "input_shape": (8, 10, 3)})
    assert_close(found["boxes"], [[6, 1, 9, 3], [5, 2, 10, 6]])


def test_rand_augment_of_no_changes_leaves_images():
    x = np.arange(48.0).reshape(1, 4, 4, 3).astype("float32")
    assert_close(layers.RandAugment(num_ops=0)(x), x)


def test_a_pipeline_needs_layers_in_its_config():
    for config in ({"name": "p"}, {"name": "p", "layers": None}):
        with pytest.raises(ValueError, match="layers"):
            layers.Pipeline.from_config(config)


@pytest.mark.parametrize("layer", [layers.Cropping1D, layers.ZeroPadding1D])
def test_the_two_ends_of_a_sequence_need_two_numbers(layer):
    for value in ((1,), ((1, 2),), (1, 2, 3), ()):
        with pytest.raises(ValueError, match="a pair of them"):
            layer(value)
    assert layer(2)(np.ones((1, 8, 1))).shape == layer((1, 3))(np.ones((1, 8, 1))).shape


@pytest.mark.parametrize(
    ("layer", "range"),
    [
        (lambda r: layers.RandomTranslation(r, 0.0), (-1.5, 0.5)),
        (lambda r: layers.RandomTranslation(0.0, r), (0.5, 1.5)),
        (lambda r: layers.RandomShear(x_factor=r), (-0.5, 0.5)),
        (lambda r: layers.Solarization(addition_factor=r), (0.5, 1.5)),
        (lambda r: layers.RandomZoom(r), (-1.5, 0.5)),
    ],
)
def test_neither_end_of_a_range_may_be_out_of_bounds(layer, range):
    with pytest.raises(ValueError, match="must"):
        layer(range)


def test_short_transforms_of_integers_are_refused():
    with pytest.raises(TypeError, match="floats"):
        ops.stft(np.arange(32), 8, 4, 8)


def test_spectrograms_refuse_integers():
    with pytest.raises(TypeError, match="must be floats"):
        layers.STFTSpectrogram(frame_length=4)(np.ones((1, 16, 1), "int32"))
