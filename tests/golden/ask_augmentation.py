"""Questions about images drawn at random, text and sequences, and how they are put to a release.

Runs on Python 3.6 and later, for the oldest releases too. Interpolation is linear and outside is 'nearest', 'constant'
or 'wrap', because SciPy changed what it does in the other cases.
"""

import os

import numpy as np

EVERYTHING = {
    "rotation_range": 30,
    "width_shift_range": 0.2,
    "height_shift_range": 0.1,
    "shear_range": 0.3,
    "zoom_range": 0.2,
    "channel_shift_range": 20.0,
    "horizontal_flip": True,
    "vertical_flip": True,
}


def images(count=4, height=6, width=5):
    """Whole numbers from 0 to 255."""
    return np.random.RandomState(3).randint(0, 256, (count, height, width, 3)).astype("float32")


def questions(release):
    """What one release is asked: 'flow' for batches, 'call' for a function, 'folder' for files."""
    order = {"dim_ordering": "tf"} if release == "1.2" else {}
    old = release == "1.2"

    def flow(**settings):
        return {"ask": "flow", "settings": dict(order, **settings)}

    yield flow(**EVERYTHING)
    yield flow(fill_mode="constant", cval=7.0, **EVERYTHING)
    if release != "1.2":
        yield flow(width_shift_range=2, height_shift_range=[-1, 0, 2], zoom_range=[0.8, 1.5])
        yield flow(brightness_range=[0.5, 1.5], rotation_range=10)
        yield flow(data_format="channels_first", rotation_range=40, horizontal_flip=True)
        yield flow(horizontal_flip=True, rescale=0.25, dtype="float64")
    if release != "3":
        yield flow(fill_mode="wrap", rotation_range=40)
    yield flow(samplewise_center=True, samplewise_std_normalization=True, vertical_flip=True)
    yield flow(featurewise_center=True, featurewise_std_normalization=True, rescale=1 / 255.0)
    yield dict(flow(featurewise_center=True, zca_whitening=True), images=[40, 2, 2])
    axes = {"channel_axis": 2}
    for name, argument in [
        ("random_rotation", [25]),
        ("random_shift", [0.3, 0.2]),
        ("random_shear", [0.3]),
        ("random_zoom", [[0.7, 1.2]]),
    ]:
        yield {"ask": "call", "name": name, "args": argument, "kwargs": dict(axes, row_axis=0, col_axis=1)}
    yield {"ask": "call", "name": "random_channel_shift", "args": [30.0], "kwargs": axes}
    if not old:
        yield {"ask": "call", "name": "random_brightness", "args": [[0.5, 1.5]], "kwargs": {}}
        for kwargs in (
            {"theta": 30},
            {"tx": 1.5, "ty": -1},
            {"shear": 20, "fill_mode": "constant", "cval": -1.0},
            {"zx": 0.5, "zy": 2, "theta": 10},
        ):
            kwargs = dict(kwargs, row_axis=0, col_axis=1, channel_axis=2)
            yield {"ask": "call", "name": "apply_affine_transform", "args": [], "kwargs": kwargs}
    if not old:  # 1.x left the order of files to the operating system, and the change of size to Pillow
        for settings in ({"class_mode": "categorical"}, {"class_mode": "binary", "classes": ["dogs", "cats"]}):
            yield {"ask": "folder", "settings": settings, "generator": {"rotation_range": 20}, "size": [4, 3]}
        for subset in ("training", "validation"):
            settings = {"class_mode": "sparse", "subset": subset, "color_mode": "grayscale", "interpolation": "nearest"}
            yield {"ask": "folder", "settings": settings, "generator": {"validation_split": 0.4}, "size": [4, 3]}


def make_folder(folder):
    """Images of two classes as files without loss, and a file that is none."""
    from PIL import Image

    pixels = images(7).astype("uint8")
    names = ["cats/a.png", "cats/b.bmp", "cats/c.png", "dogs/d.png", "dogs/deeper/e.png", "dogs/f.png", "dogs/g.png"]
    for name, one in zip(names, pixels):
        path = os.path.join(str(folder), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        Image.fromarray(one).save(path)
    with open(os.path.join(str(folder), "cats", "notes.txt"), "w") as file:
        file.write("no image")


def answer(module, question, folder):
    """What a release's module of images says.

    Args:
        module: `keras.preprocessing.image`.
        question: one of `questions`.
        folder: one that `make_folder` has filled.
    """
    x = images(*question.get("images", ()))
    if question["ask"] == "call":
        np.random.seed(11)
        return [getattr(module, question["name"])(x[0], *question["args"], **question["kwargs"])]
    if question["ask"] == "folder":
        generator = module.ImageDataGenerator(**question["generator"])
        found = generator.flow_from_directory(
            str(folder), target_size=question["size"], batch_size=3, seed=5, **question["settings"]
        )
        return [part for _ in range(2) for part in next(found)]
    settings = question["settings"]
    generator = module.ImageDataGenerator(**settings)
    if settings.get("data_format") == "channels_first":
        x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    if settings.get("featurewise_center"):
        generator.fit(x, augment=True, rounds=2, seed=2)
    found = generator.flow(x, np.arange(len(x)), batch_size=3, seed=5)
    return [part for _ in range(3) for part in next(found)]
