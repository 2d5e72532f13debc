"""Layers for images: what they draw, what comes with images, inputs of every form, use in models."""

import inspect
import json

import numpy as np
import pytest

import keras
from keras import layers
from keras.utils import bounding_boxes

from .contract import assert_close

SHARE = {"factor": 0.5}
LAYERS = [
    (layers.RandomBrightness, SHARE),
    (layers.RandomColorDegeneration, SHARE),
    (layers.RandomColorJitter, {"brightness_factor": 0.2, "hue_factor": 0.3}),
    (layers.RandomContrast, SHARE),
    (layers.RandomCrop, {"height": 2, "width": 3}),
    (layers.RandomElasticTransform, {}),
    (layers.RandomErasing, {}),
    (layers.RandomFlip, {"mode": "horizontal"}),
    (layers.RandomGaussianBlur, {}),
    (layers.RandomGrayscale, {}),
    (layers.RandomHue, SHARE),
    (layers.RandomInvert, {}),
    (layers.RandomPerspective, {}),
    (layers.RandomPosterization, {"factor": 4}),
    (layers.RandomRotation, SHARE),
    (layers.RandomSaturation, SHARE),
    (layers.RandomSharpness, SHARE),
    (layers.RandomShear, {"x_factor": 0.3}),
    (layers.RandomTranslation, {"height_factor": 0.2, "width_factor": (0.1, 0.3)}),
    (layers.RandomZoom, {"height_factor": 0.2}),
    (layers.Solarization, {"threshold_factor": 0.4}),
    (layers.CutMix, {}),
    (layers.MixUp, {}),
    (layers.RandAugment, {"num_ops": 1}),
    (layers.AugMix, {"num_chains": 1, "chain_depth": 1}),
    (layers.AutoContrast, {}),
    (layers.Equalization, {}),
    (layers.ContrastLimitedAdaptiveHistogramEqualization, {"tile_grid_size": (2, 2)}),
    (layers.CenterCrop, {"height": 2, "width": 3}),
    (layers.Resizing, {"height": 2, "width": 3}),
    (layers.MaxNumBoundingBoxes, {"max_number": 2}),
    (layers.Rescaling, {"scale": [1.0, 2.0, 3.0], "offset": 1.0}),
]
every_layer = pytest.mark.parametrize(("layer", "arguments"), LAYERS, ids=lambda x: getattr(x, "__name__", ""))


def images(*shape, dtype="float32"):
    return (np.arange(np.prod(shape)).reshape(shape) * 7 % 256).astype(dtype)


@every_layer
def test_an_image_layer_goes_through_json_and_back(layer, arguments):
    one = layer(**arguments)
    config = json.loads(json.dumps(layers.serialize(one)))
    other = layers.deserialize(config)
    assert type(other) is layer
    assert json.loads(json.dumps(layers.serialize(other))) == config
    assert set(arguments) <= set(config["config"])


@every_layer
def test_an_image_layer_promises_its_shape_and_refuses_unknown_arguments(layer, arguments):
    symbol = layer(**arguments)(keras.Input((4, 5, 3)))
    part = (2, 3) if "height" in arguments else (4, 5)
    assert symbol.shape == (None, *part, 3)
    assert symbol.dtype == "float32"
    with pytest.raises(TypeError, match="unknown argument"):
        layer(**arguments, no_such_argument=1)


@every_layer
def test_an_image_layer_has_the_methods_of_keras_3(layer, arguments):
    if layer is layers.Rescaling:
        return
    for kind in ("images", "labels", "bounding_boxes", "segmentation_masks"):
        assert "training" in inspect.signature(getattr(layer, f"transform_{kind}")).parameters
    for kind in ("image", "label", "bounding_box", "segmentation_mask"):
        found = inspect.signature(getattr(layer, f"transform_single_{kind}")).parameters
        assert list(found) == ["self", kind, "transformation", "training"]


@pytest.mark.parametrize("name", ["RandomBrightness", "RandomHue", "RandomRotation", "RandomPosterization"])
def test_a_factor_out_of_bounds_is_refused(name):
    with pytest.raises(ValueError, match=f"{name}: `factor` must be a number from"):
        getattr(layers, name)(factor=99)


def test_a_window_has_a_middle_and_a_zoom_shows_something():
    with pytest.raises(ValueError, match=r"RandomGaussianBlur: `kernel_size` must be odd.* Got \(3, 4\)"):
        layers.RandomGaussianBlur(kernel_size=(3, 4))
    with pytest.raises(ValueError, match=r"RandomZoom: `width_factor` must not begin below -1"):
        layers.RandomZoom(0.1, (-2.0, 0.1))


def test_a_factor_where_there_is_none_is_refused():
    with pytest.raises(ValueError, match="RandomFlip has no `factor`"):
        layers.RandomFlip(factor=0.5)


# --- draws


def spread(values):
    values = np.asarray(values, "float64")
    return [float(values.min()), float(values.mean()), float(values.max())]


@pytest.mark.parametrize(
    ("layer", "key", "wanted"),
    [
        (layers.RandomBrightness((0.1, 0.3), seed=1), "rgb_delta", (25.5, 51.0, 76.5)),
        (layers.RandomContrast((0.2, 0.4), seed=1), "contrast_factor", (0.8, 1.1, 1.4)),
        (layers.RandomColorDegeneration(0.5, seed=1), "factor", (-0.5, 0.0, 0.5)),
        (layers.RandomHue(0.4, seed=1), "factor", (-0.2, 0.0, 0.2)),
        (layers.RandomSharpness(0.5, seed=1), "factor", (0.0, 0.25, 0.5)),
        (layers.RandomPosterization((2, 6), seed=1), "shift_factor", (3, 4.5, 6)),
        (layers.RandomRotation(0.25, seed=1), "angle", (-90.0, 0.0, 90.0)),
        (layers.RandomZoom((0.1, 0.3), seed=1), "height_zoom", (1.1, 1.2, 1.3)),
        (layers.RandomShear(x_factor=0.5, seed=1), "shear_factor", (-0.5, 0.0, 0.5)),
        (layers.RandomTranslation(0.0, (0.1, 0.3), seed=1), "translations", (0.0, 0.4, 1.2)),
        (layers.Solarization((0.1, 0.3), seed=1), "additions", (25.5, 51.0, 76.5)),
        (layers.MixUp(seed=1), "mix_weight", (0.0, 0.5, 1.0)),
        (layers.RandomInvert(0.5, seed=1), "apply_inversion", (0, 0.25, 1)),
        (layers.RandomFlip(seed=1), "flips", (0, 0.5, 1)),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, layers.Layer) else None,
)
def test_draws_lie_in_the_range_of_the_factor(layer, key, wanted):
    drawn = layer.get_random_transformation(np.zeros((4000, 4, 4, 3), "float32"))[key]
    width = wanted[2] - wanted[0]
    assert_close(spread(drawn), wanted, rtol=0, atol=0.035 * width)


def test_erased_and_pasted_parts_have_the_drawn_area():
    data = np.zeros((4000, 20, 20, 1), "float32")
    erased = layers.RandomErasing(scale=(0.25, 0.25), seed=1).get_random_transformation(data)
    assert_close(np.asarray(erased["batch_masks"]).mean((1, 2, 3)), np.full(4000, 0.25))  # 10 of 20 rows and columns
    mixed = layers.CutMix(seed=2).get_random_transformation(data)
    share = np.asarray(mixed["batch_masks"]).mean((1, 2, 3))
    assert_close(share, 1 - np.asarray(mixed["mix_weight"]).reshape(-1), rtol=0, atol=0.06)
    places = np.asarray(erased["batch_masks"])[..., 0].any(2).argmax(1)
    assert set(places) == set(range(11))


def test_the_same_seed_draws_the_same_and_the_next_call_something_else():
    x = images(2, 4, 4, 3)
    one, other = (layers.RandomBrightness(0.5, seed=3) for _ in range(2))
    first = one(x)
    assert_close(other(x), first, rtol=0, atol=0)
    assert (np.asarray(one(x)) != np.asarray(first)).any()
    assert_close(one(x, training=False), x, rtol=0, atol=0)


# --- what comes with images


def test_boxes_and_masks_stay_with_what_they_are_around():
    mask = np.zeros((1, 8, 10, 1), "float32")
    mask[0, 2:4, 5:9] = 1
    boxes = {"boxes": np.array([[[5.0, 2.0, 9.0, 4.0]]]), "labels": np.array([[1]])}
    given = {"images": np.repeat(mask, 3, -1), "bounding_boxes": boxes, "segmentation_masks": mask}
    for layer in (
        layers.RandomFlip(bounding_box_format="xyxy", seed=1),
        layers.RandomCrop(6, 8, bounding_box_format="xyxy", seed=1),
        layers.RandomCrop(16, 20, bounding_box_format="xyxy", seed=1),
        layers.CenterCrop(6, 8, bounding_box_format="xyxy"),
        layers.Resizing(16, 20, "nearest", bounding_box_format="xyxy"),
    ):
        made = layer(given)
        found = np.asarray(made["segmentation_masks"])[0, ..., 0]
        rows, columns = np.nonzero(found)
        around = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert_close(np.asarray(made["bounding_boxes"]["boxes"])[0, 0], np.array(around, "float32"))
        assert set(np.unique(found)) == {0, 1}
    assert boxes["boxes"].tolist() == [[[5.0, 2.0, 9.0, 4.0]]]  # what was given is not changed


def test_a_box_that_left_the_image_gets_the_label_minus_1():
    layer = layers.RandomTranslation(0.0, 0.5, bounding_box_format="rel_xywh")
    boxes = {"boxes": [[[0.0, 0.0, 0.25, 1.0], [0.5, 0.0, 0.25, 1.0]]], "labels": [[3, 4]]}
    moved = layer.transform_bounding_boxes(boxes, {"translations": [[-4.0, 0.0]], "input_shape": (1, 8, 8, 3)})
    assert np.asarray(moved["labels"]).tolist() == [[-1, 4]]
    assert_close(np.asarray(moved["boxes"])[0, 1], [0.0, 0.0, 0.25, 1.0])


def test_boxes_without_their_form_are_refused_with_advice():
    data = {"images": images(1, 4, 4, 3), "bounding_boxes": {"boxes": np.ones((1, 1, 4)), "labels": np.ones((1, 1))}}
    with pytest.raises(ValueError, match="bounding_box_format='xyxy'"):
        layers.RandomFlip()(data)


def test_labels_and_masks_are_mixed_as_images_are():
    how = {"mix_weight": np.array([0.25, 1.0], "float32"), "permutation_order": np.array([1, 0])}
    layer = layers.MixUp()
    assert_close(layer.transform_labels(np.eye(2, dtype="float32"), how), [[0.25, 0.75], [0.0, 1.0]])
    assert layer.transform_segmentation_masks(images(2, 3, 4, 1), how).shape == (2, 3, 4, 1)
    boxes = {"boxes": np.ones((2, 3, 4)), "labels": np.array([[1, 2, 3], [4, 5, 6]])}
    assert np.asarray(layer.transform_bounding_boxes(boxes, how)["labels"]).tolist() == [
        [1, 2, 3, 4, 5, 6], [4, 5, 6, 1, 2, 3],
    ]  # fmt: skip


def test_both_axis_orders_and_single_images_give_the_same():
    x = images(2, 4, 6, 3)
    for layer, arguments in ((layers.RandomFlip, {}), (layers.RandomErasing, {"fill_value": 3.0})):
        last = layer(**arguments, seed=4, data_format="channels_last")(x)
        first = layer(**arguments, seed=4, data_format="channels_first")(np.moveaxis(x, -1, 1))
        assert_close(np.moveaxis(np.asarray(first), 1, -1), last)
    layer = layers.RandomCrop(2, 3, seed=1)
    assert layer(x[0]).shape == (2, 3, 3)
    assert layer(x, training=False).shape == (2, 2, 3, 3)
    assert_close(layer(x, training=False), x[:, 1:3, 1:4])


def test_whole_numbers_stay_whole_where_the_layer_computes_in_them():
    x = images(1, 4, 4, 3, dtype="uint8")
    assert layers.Resizing(2, 2)(x).dtype == "uint8"
    bright = layers.RandomBrightness((0.2, 0.2), dtype="uint8")(x)
    assert bright.dtype == "uint8"
    assert_close(np.asarray(bright), np.minimum(x.astype("int32") + 51, 255))


def test_rescaling_by_channel_follows_the_global_axis_order():
    x = images(2, 4, 5, 3)
    layer = layers.Rescaling([1.0, 2.0, 3.0], [0.5, 0.0, -1.0])
    last = np.asarray(layer(x))
    keras.config.set_image_data_format("channels_first")
    try:
        first = layer(np.moveaxis(x, -1, 1))
        rows = layer([[1.0, 1.0, 1.0]])
    finally:
        keras.config.set_image_data_format("channels_last")
    assert_close(
        first, np.moveaxis(last, -1, 1)
    )  # the scale as in Keras 3.15.1, which leaves the offset in the last axis
    assert_close(rows, [[1.5, 2.0, 2.0]])


# --- in models


def test_a_model_with_image_layers_trains_and_predicts():
    pipeline = layers.Pipeline(
        [layers.RandomFlip(seed=1), layers.RandomRotation(0.1, seed=2), layers.Rescaling(1 / 255)]
    )
    model = keras.Sequential(
        [keras.Input((6, 6, 3)), pipeline, layers.RandAugment((0, 1), num_ops=1, seed=3), layers.Flatten(),
         layers.Dense(1)]
    )  # fmt: skip
    model.compile("sgd", "mse")
    x = images(8, 6, 6, 3)
    model.fit(x, np.zeros((8, 1)), epochs=1, batch_size=4, verbose=0)
    assert_close(model.predict(x, verbose=0), model(x, training=False), rtol=1e-4, atol=1e-4)
    assert_close(pipeline(x, training=False), x / 255)
    again = layers.deserialize(layers.serialize(pipeline))
    assert [type(step).__name__ for step in again.layers] == ["RandomFlip", "RandomRotation", "Rescaling"]


# --- boxes


@pytest.mark.parametrize("form", ["yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_center_xywh"])
def test_boxes_come_back_from_every_form(form):
    boxes = np.array([[1.0, 2.0, 4.0, 6.0]], "float32")
    there = bounding_boxes.convert_format(boxes, "xyxy", form, height=8, width=16)
    assert_close(bounding_boxes.convert_format(there, form, "xyxy", height=8, width=16), boxes)


def test_relative_boxes_need_the_size_of_the_image():
    with pytest.raises(ValueError, match="`height` and `width` of the image are needed"):
        bounding_boxes.convert_format([[0.0, 0.0, 1.0, 1.0]], "rel_xyxy", "xyxy")
    with pytest.raises(NotImplementedError, match="must not be relative"):
        bounding_boxes.pad([[0.0, 0.0, 1.0, 1.0]], 1, 1, bounding_box_format="rel_xyxy")


def test_a_flat_result_keeps_a_row_of_a_narrow_image():
    x = np.arange(33.0).reshape(1, 11, 3, 1)
    for y in (layers.CenterCrop(1, 50)(x), layers.Resizing(1, 50, crop_to_aspect_ratio=True)(x)):
        assert y.shape == (1, 1, 50, 1)
        assert_close(y[0, 0, [0, -1], 0], [15.0, 17.0])
