"""Asks Keras 3 on JAX what its layers for images and sounds return, and its functions of boxes.

    KERAS_BACKEND=jax PYTHON keras3_preprocessing.py FOLDER

PYTHON is an interpreter with Keras 3; FOLDER is where `images`, `boxes` and `sounds` (.json and .npz) go, as a rule
tests/golden. A transformation of images is drawn here, stored with the question, and handed to the same methods of the
other library, so no random number has to agree.
"""

import sys

import numpy as np
from asking import Table, draw_for, new

import keras
from golden.ask_preprocessing import ask_images, ask_value

TABLE = Table("images")
BOXES = Table("boxes")
SOUNDS = Table("sounds")
EVERY = (0.999, 1.0)  # a share of images that leaves none out

# What Keras 3.15.1 gets wrong and is not asked: RandomGrayscale fails on dicts; RandomCrop does not cut untrained,
# takes rows for columns in boxes and makes classes between others in masks, as CenterCrop does where it scales; CutMix
# and MixUp give masks more channels, and MixUp puts labels of boxes behind each other as images; AutoContrast takes
# channels for rows with channels first.
CALLED_IN_TRAINING_ONLY = ("RandomCrop",)
CHANNELS_LAST_ONLY = ("AutoContrast", "MaxNumBoundingBoxes")

# name, arguments, kinds of data: i images, l labels, b boxes, m masks
LAYERS = [
    ("RandomBrightness", {"factor": 0.4}, "ilbm"),
    ("RandomBrightness", {"factor": (0.2, 0.5), "value_range": (0, 1)}, "i"),
    ("RandomContrast", {"factor": 0.5}, "ilbm"),
    ("RandomContrast", {"factor": (0.4, 0.6), "value_range": (0, 1)}, "i"),
    ("RandomColorDegeneration", {"factor": 0.7}, "ilbm"),
    ("RandomColorDegeneration", {"factor": 0.7, "value_range": (0, 1)}, "i"),
    ("RandomSaturation", {"factor": 0.7}, "ilbm"),
    ("RandomSaturation", {"factor": 0.4, "value_range": (0, 1)}, "i"),
    ("RandomHue", {"factor": 0.7}, "ilbm"),
    ("RandomHue", {"factor": 0.4, "value_range": (0, 1)}, "i"),
    ("RandomSharpness", {"factor": 0.8}, "ilbm"),
    ("RandomSharpness", {"factor": 0.8, "value_range": (0, 1)}, "i"),
    ("RandomPosterization", {"factor": 6}, "ilbm"),
    ("RandomPosterization", {"factor": 4, "value_range": (0, 1)}, "i"),
    ("Solarization", {"addition_factor": 0.3, "threshold_factor": 0.6}, "ilbm"),
    ("Solarization", {"threshold_factor": (0.4, 0.6), "value_range": (0, 1)}, "i"),
    ("Solarization", {}, "i"),
    ("RandomInvert", {}, "ilbm"),
    ("RandomInvert", {"factor": EVERY, "value_range": (0, 1)}, "i"),
    ("RandomInvert", {"factor": EVERY, "value_range": (-1, 1)}, "i"),
    ("RandomGrayscale", {}, "i"),
    ("RandomGrayscale", {"factor": 1.0}, "i"),
    ("RandomGaussianBlur", {"factor": EVERY}, "ilbm"),
    ("RandomGaussianBlur", {"factor": EVERY, "kernel_size": (3, 5), "sigma": (0.5, 2.0), "value_range": (0, 1)}, "i"),
    ("RandomErasing", {"factor": EVERY}, "ilbm"),
    ("RandomErasing", {"factor": EVERY, "scale": (0.3, 0.5), "fill_value": 7.0}, "i"),
    ("RandomFlip", {}, "ilbm"),
    ("RandomFlip", {"mode": "horizontal"}, "ilbm"),
    ("RandomFlip", {"mode": "vertical"}, "ilbm"),
    ("RandomCrop", {"height": 4, "width": 5}, "ilm"),
    ("RandomCrop", {"height": 8, "width": 6}, "il"),
    ("RandomRotation", {"factor": 0.2}, "ilbm"),
    ("RandomRotation", {"factor": (0.05, 0.3), "fill_mode": "constant", "fill_value": 3.0}, "ilbm"),
    ("RandomRotation", {"factor": 0.2, "fill_mode": "nearest", "interpolation": "nearest"}, "i"),
    ("RandomTranslation", {"height_factor": 0.4, "width_factor": 0.3}, "ilbm"),
    ("RandomTranslation", {"height_factor": (-0.3, -0.1), "width_factor": (0.1, 0.3), "fill_mode": "constant"}, "ilbm"),
    ("RandomTranslation", {"height_factor": 0.3, "width_factor": 0, "fill_mode": "wrap"}, "i"),
    ("RandomZoom", {"height_factor": 0.4}, "ilbm"),
    ("RandomZoom", {"height_factor": (0.1, 0.4), "width_factor": (-0.3, -0.1), "fill_mode": "constant"}, "ilbm"),
    ("RandomZoom", {"height_factor": 0.3, "fill_mode": "nearest", "interpolation": "nearest"}, "i"),
    ("RandomShear", {"x_factor": 0.3, "y_factor": 0.2}, "ilbm"),
    ("RandomShear", {"x_factor": (0.2, 0.4), "fill_mode": "constant", "fill_value": 2.0}, "ilbm"),
    ("RandomPerspective", {"factor": EVERY}, "ilbm"),
    ("RandomPerspective", {"factor": EVERY, "scale": 0.4, "fill_value": 2.0, "interpolation": "nearest"}, "ilbm"),
    ("CutMix", {"factor": (0.5, 1.0)}, "il"),
    ("MixUp", {}, "il"),
    ("MixUp", {"alpha": 1.0}, "il"),
    ("RandAugment", {}, "ilm"),
    ("RandAugment", {"num_ops": 4, "factor": (0.3, 0.9)}, "i"),
    ("RandAugment", {"num_ops": 3, "value_range": (0, 1)}, "i"),
    ("AugMix", {}, "ilm"),
    ("AugMix", {"all_ops": False, "num_chains": 2, "chain_depth": 4, "value_range": (0, 1)}, "i"),
    ("AutoContrast", {}, "ilbm"),
    ("AutoContrast", {"value_range": (0, 1)}, "i"),
    ("Equalization", {}, "ilbm"),
    ("Equalization", {"bins": 16}, "i"),
    ("Equalization", {"value_range": (0, 1)}, "i"),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (2, 2)}, "ilbm"),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (3, 2), "clip_limit": 2.0}, "i"),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"value_range": (0, 1), "tile_grid_size": (2, 2)}, "i"),
    ("MaxNumBoundingBoxes", {"max_number": 2}, "ilbm"),
    ("MaxNumBoundingBoxes", {"max_number": 5, "fill_value": -7}, "b"),
    ("CenterCrop", {"height": 4, "width": 5}, "ilbm"),
    ("CenterCrop", {"height": 9, "width": 5}, "ilb"),
    ("Resizing", {"height": 4, "width": 9}, "ilbm"),
    ("Resizing", {"height": 5, "width": 4, "interpolation": "bicubic", "antialias": True}, "i"),
    ("Resizing", {"height": 5, "width": 4, "crop_to_aspect_ratio": True}, "ilbm"),
    ("Resizing", {"height": 8, "width": 4, "pad_to_aspect_ratio": True, "fill_value": 9.0}, "ilbm"),
]

SMALL_BOXES = np.array(
    [[[1, 1, 4, 5], [0, 0, 8, 6], [2, 3, 7, 4]], [[3, 0, 6, 2], [-1, -1, -1, -1], [-1, -1, -1, -1]]], "float32"
)  # xyxy, in images of 6 rows and 8 columns


def data_for(draw, arguments, kinds, labels="classes"):
    """Images of 6 rows and 8 columns with what comes with them."""
    high = arguments.get("value_range", (0, 255))[1]
    data = {"images": (draw.real(2, 6, 8, 3, low=0.02, high=0.98) * high).astype("float32")}
    if high == 255:
        data["images"] = np.floor(data["images"])
    if "l" in kinds:
        data["labels"] = np.eye(3, dtype="float32")[[0, 2]]
    if "b" in kinds:
        data["bounding_boxes"] = {"boxes": SMALL_BOXES, "labels": np.array([[1, 2, 0], [2, -1, -1]], "float32")}
    if "m" in kinds:
        data["segmentation_masks"] = draw.integers(4, 2, 6, 8, 1).astype("float32")
    return data


def channels_first(data):
    moved = dict(data)
    for name in ("images", "segmentation_masks"):
        if name in data:
            moved[name] = np.moveaxis(data[name], -1, 1).copy()
    return moved


def first_of(data):
    """The first image with what comes with it."""
    return {k: {n: v[0] for n, v in d.items()} if isinstance(d, dict) else d[0] for k, d in data.items()}


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if hasattr(value, "shape"):
        return np.asarray(value)
    return value


def ask_about(name, arguments, kinds, number):
    draw = draw_for(f"{name}{number}")
    more = {"bounding_box_format": "xyxy"} if "b" in kinds else {}
    data = data_for(draw, arguments, kinds)
    forms = [("batch", data, {}), ("one", first_of(data), {})]
    if name not in CHANNELS_LAST_ONLY:
        forms.append(("first", channels_first(data), {"data_format": "channels_first"}))
    if number and "m" not in kinds:
        forms = forms[:1]
    for form, values, formats in forms:
        layer = getattr(keras.layers, name)(**arguments, **more, **formats)
        seed = keras.random.SeedGenerator(number + 5)
        try:
            transformation = layer.get_random_transformation(
                values["images"] if name == "RandomGrayscale" else values, training=True, seed=seed
            )
        except Exception as error:
            print(f"left out: {name} {form}: {type(error).__name__}: {str(error)[:200]}")
            continue
        TABLE.add(
            f"{name}{number}-{form}",
            layer=new(f"layers.{name}", **arguments, **more, **formats),
            data=values,
            transformation=plain(transformation),
            called=name not in CALLED_IN_TRAINING_ONLY,
        )


def ask_images_of_all():
    for i, (name, arguments, kinds) in enumerate(LAYERS):
        ask_about(name, arguments, kinds, len([n for n, _, _ in LAYERS[:i] if n == name]))


def ask_boxes():
    box = np.array([[[1, 2, 4, 5], [-1, -1, -1, -1], [3, -2, 9, 8]], [[0, 0, 8, 6], [5, 1, 7, 3], [2, 2, 3, 5]]])
    box = box.astype("float32")
    labels = np.array([[1, -1, 2], [0, 3, 4]], "int32")
    other = np.array([[1, 1, 3, 4], [3, 0, 7, 6]], "float32")
    size = {"height": 6, "width": 8}
    forms = [
        "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh",
    ]  # fmt: skip

    def add(function, title, *arguments, **options):
        call = {"function": f"utils.bounding_boxes.{function}", "call": list(arguments), "options": options}
        BOXES.add(f"{function}-{title}", **call)

    for form in forms:
        add("convert_format", f"to-{form}", box, "xyxy", form, **size)
        add("convert_format", f"from-{form}", box, form, "xyxy", **size)
    add("convert_format", "dict", {"boxes": box, "labels": labels}, "center_xywh", "yxyx")
    add("clip_to_image_size", "pixels", {"boxes": box, "labels": labels}, **size)
    add("clip_to_image_size", "shares", {"boxes": box / 8, "labels": labels}, bounding_box_format="rel_xyxy")
    add("compute_iou", "one-image", box[0], other, "xyxy")
    add("compute_iou", "batch", box, np.stack([other, other + 1]), "xyxy")
    add("compute_iou", "batch-and-one", box, other, "xyxy")
    add("compute_iou", "masked", box[0], other, "xyxy", use_masking=True)
    add("compute_iou", "relative", box / 8, other / 8, "rel_yxyx", image_shape=[6, 8, 3])
    add("compute_ciou", "corners", box[1][:2], other, "xyxy")
    add("compute_ciou", "middles", box[1], box[1][::-1] + 1, "center_xywh")
    anchors = np.array([[0, 0, 4, 4], [2, 2, 6, 8]], "float32")
    deltas = np.array([[0.1, 0.2, 0.3, -0.2], [0.5, -0.1, 0.2, 9.0]], "float32")
    for encoding in ("center_yxhw", "center_xywh"):
        add("encode_box_to_deltas", encoding, anchors, other, "xyxy", "xyxy", encoding_format=encoding)
        add("decode_deltas_to_boxes", encoding, anchors, deltas, "xyxy", "xyxy", encoded_format=encoding)
    more = {"variance": [0.1, 0.1, 0.2, 0.2]}
    add("encode_box_to_deltas", "variance", anchors, other, "xyxy", "yxyx", **more)
    add("decode_deltas_to_boxes", "variance", anchors, deltas, "xyxy", "xywh", **more)
    add("encode_box_to_deltas", "relative", anchors, other / 8, "xyxy", "rel_xyxy", image_shape=[6, 8, 3])
    add("decode_deltas_to_boxes", "dict", {"a": anchors}, {"a": deltas}, "xyxy", "xyxy")
    add("crop", "part", box, 1, 2, 3, 4)
    add("pad", "borders", box, 1, 2, 10, 12)
    moves = {
        "angle": [30.0, 0.0], "translate_x": [0.25, 0.0], "translate_y": [0.0, -0.5], "scale": [1.0, 2.0],
        "shear_x": [0.0, 10.0], "shear_y": [0.0, 5.0],
    }  # fmt: skip
    moves = {name: np.array(value, "float32") for name, value in moves.items()}
    add("affine_transform", "middle", box, **moves, **size)
    every = {name: value + np.float32(0.5) for name, value in moves.items()}
    add("affine_transform", "all-at-once", box, **every, **size, center_x=0.25, center_y=0.5)


def ask_sounds():
    draw = draw_for("sounds")
    loud = draw.real(2, 200) * np.array([[1.0], [0.001]], "float32")
    small = {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 5, "sampling_rate": 8000}

    def add(name, title, inputs, **arguments):
        SOUNDS.add(f"{name}-{title}", new=new(f"layers.{name}", **arguments), call=[inputs], options={})

    add("MelSpectrogram", "batch", loud, **small)
    add("MelSpectrogram", "one", loud[0], **small)
    add("MelSpectrogram", "quiet", loud[1:], **small, top_db=20.0)
    add("MelSpectrogram", "power", loud, **small, power_to_db=False, window="hamming")
    add("MelSpectrogram", "energy", loud, **small, mag_exp=1.0, ref_power=2.0, sequence_length=50)
    add("MelSpectrogram", "no-window", loud, **small, window=None)
    add("MelSpectrogram", "edges", loud, **small, min_freq=300.0, max_freq=3000.0, min_power=1e-3)
    signal = draw.real(2, 100, 3)
    for mode in ("log", "magnitude", "psd", "real", "imag", "stft"):
        add("STFTSpectrogram", mode, signal, mode=mode, frame_length=16)
    add("STFTSpectrogram", "axes", signal, mode="stft", frame_length=16, expand_dims=True)
    add("STFTSpectrogram", "same", signal, mode="psd", frame_length=15, frame_step=7, fft_length=20, padding="same")
    options = {"mode": "real", "frame_length": 16, "periodic": True, "scaling": "spectrum", "window": "hamming"}
    add("STFTSpectrogram", "spectrum", signal, **options)
    add("STFTSpectrogram", "no-window", signal, mode="magnitude", frame_length=16, window=None, scaling=None)
    first = {"mode": "stft", "frame_length": 16, "data_format": "channels_first"}
    add("STFTSpectrogram", "first", np.moveaxis(signal, -1, 1).copy(), **first)
    add("STFTSpectrogram", "first-axes", np.moveaxis(signal, -1, 1).copy(), **first, expand_dims=True)
    for scale, offset in ((0.5, 0.0), ([1.0, 2.0, 3.0], [0.5, 0.0, -1.0])):
        add("Rescaling", f"{scale}", signal, scale=scale, offset=offset)


if __name__ == "__main__":
    ask_images_of_all()
    ask_boxes()
    ask_sounds()
    TABLE.write(sys.argv[1], ask_images)
    BOXES.write(sys.argv[1], ask_value)
    SOUNDS.write(sys.argv[1], ask_value)
