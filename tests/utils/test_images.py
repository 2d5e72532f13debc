"""Images in files; values are those of Keras 3.15.1 with TensorFlow, or worked by hand."""

import io
import struct

import numpy as np
import pytest

import keras

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def folder(tmp_path):
    """Two classes with three images each, all of one colour, and files of other kinds."""
    for number, name in enumerate(["cats", "dogs"]):
        (tmp_path / name / "more").mkdir(parents=True)
        for i in range(2):
            Image.new("RGB", (4, 3), (number * 100, i * 10, 7)).save(tmp_path / name / f"{i}.png")
        Image.new("RGB", (4, 3), (number * 100, 50, 7)).save(tmp_path / name / "more" / "2.png")
        (tmp_path / name / "note.txt").write_text(f"a text about {name}")
        write_wav(tmp_path / name / "sound.wav", np.array([[0], [16384], [-32768]]) * (1 - number), 8000)
    return tmp_path


def write_wav(path, samples, rate):
    data = samples.astype("<i2").tobytes()
    channels = samples.shape[1]
    header = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    body = b"WAVE" + b"fmt " + struct.pack("<I", 16) + header + b"LIST" + struct.pack("<I", 3) + b"abc\0"
    body += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def images_of(folder, **kwargs):
    given = {"image_size": (2, 2), "shuffle": False, "verbose": False, **kwargs}
    return keras.utils.image_dataset_from_directory(folder, **given)


def test_batches_of_images_come_with_the_numbers_of_their_folders(folder):
    data = images_of(folder, batch_size=4)
    assert data.class_names == ["cats", "dogs"]
    assert [p.replace(str(folder), "") for p in data.file_paths[:3]] == [
        "/cats/0.png",
        "/cats/1.png",
        "/cats/more/2.png",
    ]
    batches = list(data)
    assert [(x.shape, x.dtype, y.tolist()) for x, y in batches] == [
        ((4, 2, 2, 3), np.float32, [0, 0, 0, 1]),
        ((2, 2, 2, 3), np.float32, [1, 1]),
    ]
    np.testing.assert_allclose(batches[0][0][1], np.broadcast_to([0, 10, 7], (2, 2, 3)), atol=1e-5)
    assert len(data) == 2


@pytest.mark.parametrize(
    ("arguments", "shape", "labels"),
    [
        ({"label_mode": "binary"}, (6, 2, 2, 3), [[0], [0], [0], [1], [1], [1]]),
        ({"label_mode": "categorical"}, (6, 2, 2, 3), [[1, 0]] * 3 + [[0, 1]] * 3),
        ({"color_mode": "grayscale"}, (6, 2, 2, 1), [0, 0, 0, 1, 1, 1]),
        ({"color_mode": "rgba"}, (6, 2, 2, 4), [0, 0, 0, 1, 1, 1]),
        ({"labels": [5, 4, 3, 2, 1, 0]}, (6, 2, 2, 3), [5, 4, 3, 2, 1, 0]),
        ({"class_names": ["dogs", "cats"]}, (6, 2, 2, 3), [0, 0, 0, 1, 1, 1]),
        ({"data_format": "channels_first"}, (6, 3, 2, 2), [0, 0, 0, 1, 1, 1]),
    ],
    ids=str,
)
def test_labels_and_axes_in_every_form(folder, arguments, shape, labels):
    ((x, y),) = images_of(folder, **arguments)
    assert x.shape == shape
    assert y.tolist() == labels


def test_without_labels_or_batches(folder):
    assert next(iter(images_of(folder, labels=None))).shape == (6, 2, 2, 3)
    data = images_of(folder, label_mode=None)
    assert next(iter(data)).shape == (6, 2, 2, 3)
    assert data.class_names is None
    x, y = next(iter(images_of(folder, batch_size=None)))
    assert (x.shape, int(y)) == ((2, 2, 3), 0)


def test_labels_may_be_what_a_regression_learns(folder):
    data = images_of(folder, labels=[0.5, 1, 2, 3, 4, 5.5], image_size=2)
    ((x, y),) = data
    assert (x.shape, y.dtype, y.tolist()) == ((6, 2, 2, 3), "float32", [0.5, 1, 2, 3, 4, 5.5])
    assert data.class_names[:2] == ["0.5", "1.0"]


def test_borders_and_whole_numbers_are_where_keras_3_puts_them(folder):
    Image.new("RGB", (20, 14), (9, 9, 9)).save(folder / "cats" / "0.png")
    ((x, _),) = images_of(folder, image_size=(8, 6), pad_to_aspect_ratio=True, interpolation="nearest")
    # 14 rows become 4.2; half of the other 3.8 is above them
    assert (x.dtype, x[0, :, 0, 0].tolist()) == ("uint8", [0, 9, 9, 9, 9, 0, 0, 0])


def test_parts_do_not_overlap_and_passes_differ(folder):
    arguments = {"shuffle": True, "seed": 3, "validation_split": 0.34, "batch_size": 1}
    train, held_out = images_of(folder, subset="both", **arguments)
    assert train.file_paths == images_of(folder, subset="training", **arguments).file_paths
    assert held_out.file_paths == images_of(folder, subset="validation", **arguments).file_paths
    assert len(held_out.file_paths) == 2
    assert not set(train.file_paths) & set(held_out.file_paths)
    data = images_of(folder, shuffle=True, seed=3, batch_size=1)
    passes = [[x.sum() for x, _ in data] for _ in range(4)]
    assert len({tuple(p) for p in passes}) > 1
    assert len({tuple(sorted(p)) for p in passes}) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"validation_split": 0.3, "subset": "training", "shuffle": True}, "pass `seed`"),
        ({"validation_split": 0.3}, "given together"),
        ({"validation_split": 1.3, "subset": "training"}, "between 0 and 1"),
        ({"validation_split": 0.3, "subset": "test"}, "`subset` must be"),
        ({"label_mode": "x"}, "`label_mode` must be"),
        ({"labels": "x"}, "`labels` must be"),
        ({"labels": [1, 2]}, "Got 2 for 6 files"),
        ({"class_names": ["birds"]}, r"no folders \['birds'\]"),
        ({"class_names": ["cats"], "label_mode": "binary"}, "needs 2 classes"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "only one of"),
        ({"image_size": (5,)}, "image_size"),
        ({"class_names": ["cats", "dogs"], "label_mode": None}, "leave `class_names` out"),
        ({"labels": [0.5] * 6, "label_mode": "categorical"}, "must be whole numbers"),
        ({"interpolation": "cubic"}, "`interpolation` must be"),
        ({"color_mode": "cmyk"}, "`color_mode` must be"),
        ({"format": "grain"}, "`format` cannot be chosen"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused(folder, wrong, message):
    with pytest.raises((ValueError, TypeError), match=message):
        images_of(folder, **wrong)


def test_a_missing_or_an_empty_folder_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        images_of(tmp_path / "none")
    (tmp_path / "cats").mkdir()
    with pytest.raises(ValueError, match="no images in"):
        images_of(tmp_path)


def test_a_broken_image_is_an_error_in_the_loop(folder):
    (folder / "cats" / "0.png").write_bytes(b"no image")
    with pytest.raises(Image.UnidentifiedImageError):
        list(images_of(folder))


def test_texts_and_sounds(folder):
    ((x, y),) = keras.utils.text_dataset_from_directory(folder, shuffle=False, max_length=6, verbose=False)
    assert (x.tolist(), y.tolist()) == (["a text", "a text"], [0, 1])
    ((x, y),) = keras.utils.audio_dataset_from_directory(folder, shuffle=False, verbose=False)
    assert (x.shape, x[0, :, 0].tolist(), y.tolist()) == ((2, 3, 1), [0.0, 0.5, -1.0], [0, 1])
    ((x, _),) = keras.utils.audio_dataset_from_directory(
        folder, shuffle=False, verbose=False, sampling_rate=16000, output_sequence_length=5
    )
    assert x.shape == (2, 5, 1)
    with pytest.raises(ValueError, match="rows of one length"):
        keras.utils.audio_dataset_from_directory(folder, ragged=True)
    (folder / "cats" / "sound.wav").write_bytes(b"RIFF....WAVEdata")
    with pytest.raises(ValueError, match="broken WAV file"):
        list(keras.utils.audio_dataset_from_directory(folder, verbose=False))


def test_it_says_what_it_found(folder, capsys):
    images_of(folder, verbose=True, validation_split=0.5, subset="validation", seed=1)
    assert capsys.readouterr().out == "Found 6 images of 2 classes, 3 of them to validate.\n"


def test_sizes_change_as_in_tensorflow():
    ramp = np.arange(48.0).reshape(4, 4, 3)
    found = keras.preprocessing.image.smart_resize(ramp, (2, 3))
    np.testing.assert_allclose(found[0], [[12.5, 13.5, 14.5], [16.5, 17.5, 18.5], [20.5, 21.5, 22.5]])
    ramp = np.arange(75.0).reshape(5, 5, 3)
    found = keras.preprocessing.image.smart_resize(ramp, (3, 2), interpolation="nearest")
    assert found[..., 0].tolist() == [[3.0, 9.0], [33.0, 39.0], [63.0, 69.0]]
    first = keras.preprocessing.image.smart_resize(np.ones((2, 3, 4, 4)), (2, 3), data_format="channels_first")
    assert first.shape == (2, 3, 2, 3)
    with pytest.raises(ValueError, match="3 or 4 axes"):
        keras.preprocessing.image.smart_resize(np.ones((2, 2)), (2, 2))
    with pytest.raises(ValueError, match="`size` must be"):
        keras.preprocessing.image.smart_resize(ramp, (2, 2, 2))


@pytest.mark.parametrize(
    "interpolation", ["nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"]
)
def test_every_interpolation_keeps_a_plain_image_plain(interpolation):
    found = keras.preprocessing.image.smart_resize(np.full((5, 5, 1), 3.0), (7, 2), interpolation=interpolation)
    np.testing.assert_allclose(found, np.full((7, 2, 1), 3.0), rtol=1e-5)


def test_borders_keep_proportions(folder):
    x, _ = next(iter(images_of(folder, image_size=(6, 4), pad_to_aspect_ratio=True)))
    assert (x[0, ..., 2].round(3) == 7).any(axis=1).tolist() == [False, True, True, True, False, False]


def test_arrays_become_images_and_images_arrays():
    x = np.arange(12.0).reshape(2, 2, 3)
    image = keras.utils.array_to_img(x)
    assert np.asarray(image).tolist() == [[[0, 23, 46], [69, 92, 115]], [[139, 162, 185], [208, 231, 255]]]
    assert np.asarray(keras.utils.array_to_img(x, scale=False)).tolist() == x.astype(int).tolist()
    assert np.asarray(keras.utils.array_to_img(x[..., :1])).tolist() == [[0, 85], [170, 255]]
    assert keras.utils.array_to_img(x[..., :1] * 100, scale=False).mode == "I"
    assert keras.utils.array_to_img(np.ones((2, 2, 4))).mode == "RGBA"
    array = keras.utils.img_to_array(image)
    assert (array.dtype, array.shape) == (np.float32, (2, 2, 3))
    assert keras.utils.img_to_array(image, "channels_first", dtype="uint8").shape == (3, 2, 2)
    assert keras.utils.img_to_array(image.convert("L")).shape == (2, 2, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: keras.utils.array_to_img(np.ones((2, 3))), "one image with 3 axes"),
        (lambda: keras.utils.array_to_img(np.ones((2, 2, 5))), "1, 3 or 4 channels"),
        (lambda: keras.utils.img_to_array("x.png"), "load_img"),
        (lambda: keras.utils.img_to_array(np.ones((1, 2, 2, 3))), "2 or 3 axes"),
        (lambda: keras.utils.load_img(3), "must be a path"),
        (lambda: keras.utils.load_img("x", color_mode="bad"), "`color_mode`"),
        (lambda: keras.utils.load_img("x", interpolation="bad"), "`interpolation`"),
        (lambda: keras.utils.load_img("x", target_size=5), "`target_size`"),
    ],
)
def test_what_is_no_image_is_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_images_are_written_and_read(tmp_path):
    x = np.random.default_rng(0).integers(0, 255, (6, 8, 3)).astype("float32")
    path = tmp_path / "x.png"
    keras.utils.save_img(path, x, scale=False)
    image = keras.utils.load_img(path)
    np.testing.assert_array_equal(np.asarray(image), x)
    assert keras.utils.load_img(path, color_mode="grayscale").mode == "L"
    assert keras.utils.load_img(io.BytesIO(path.read_bytes()), target_size=(3, 4)).size == (4, 3)
    square = keras.utils.load_img(path, target_size=(6, 6), keep_aspect_ratio=True)
    np.testing.assert_array_equal(np.asarray(square), x[:, 1:7])
    with pytest.warns(UserWarning, match="no transparency"):
        keras.utils.save_img(tmp_path / "x.jpg", np.ones((2, 2, 4)))
    with pytest.raises(FileNotFoundError):
        keras.utils.load_img(tmp_path / "none.png")


def test_files_of_a_folder_come_before_those_of_folders_in_it(tmp_path):
    """As lists of labels expect it."""
    (tmp_path / "b").mkdir()
    for name in ("b/1.txt", "c.txt", "a.txt"):
        (tmp_path / name).write_text(name)
    data = keras.utils.text_dataset_from_directory(tmp_path, labels=[0, 2, 1], shuffle=False, verbose=False)
    ((texts, labels),) = list(data)
    assert texts.tolist() == ["a.txt", "c.txt", "b/1.txt"]
    assert labels.tolist() == [0, 2, 1]


def test_images_of_16_bits_are_scaled_to_8(tmp_path):
    Image.fromarray(np.array([[0, 256, 32768, 65535]], "uint16")).save(tmp_path / "a.png")
    options = {"labels": None, "image_size": (1, 4), "verbose": False}
    (batch,) = keras.utils.image_dataset_from_directory(tmp_path, color_mode="grayscale", **options)
    assert np.ravel(batch).tolist() == [0, 1, 128, 255]


def test_labels_that_no_column_fits_are_refused(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    with pytest.raises(ValueError, match=r"must be numbers from 0 on, all of them used. Got 3, 5"):
        keras.utils.text_dataset_from_directory(tmp_path, labels=[5, 3], label_mode="categorical", verbose=False)
