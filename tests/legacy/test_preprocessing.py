"""Images from generators, text and sequences as programs of 0.x to 2.x used them; pixels are compared elsewhere."""

import json
import random

import numpy as np
import pytest

import keras
from golden import ask_augmentation as ask
from keras import layers
from keras.legacy import era
from keras.legacy.preprocessing.sequence import timeseries_generator_from_json
from keras.preprocessing import image, sequence, text
from keras.preprocessing.image import ImageDataGenerator


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("pictures")
    ask.make_folder(found)
    return found


def small_model(shape=(6, 5, 3)):
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model


def test_models_train_on_what_generators_give(folder, capsys):
    generator = ImageDataGenerator(rotation_range=10, rescale=1 / 255, validation_split=0.4)
    settings = {"target_size": (6, 5), "class_mode": "binary", "batch_size": 2, "seed": 1}
    train = generator.flow_from_directory(str(folder), subset="training", **settings)
    test = generator.flow_from_directory(str(folder), subset="validation", **settings)
    model = small_model()
    history = model.fit_generator(
        train, steps_per_epoch=2, epochs=2, validation_data=test, validation_steps=1, workers=2, verbose=0
    )
    assert len(history.history["val_loss"]) == 2
    assert model.fit(train, epochs=1, verbose=0).history["loss"]
    assert model.predict_generator(test, steps=1).shape == (2, 1)
    x = ask.images()
    flow = ImageDataGenerator(featurewise_center=True, compiled=True)
    flow.fit(x)
    assert len(model.fit(flow.flow(x, np.array([0, 1, 0, 1]), batch_size=2), epochs=2, verbose=0).epoch) == 2
    with era.during("1.2"):
        model.fit_generator(flow.flow(x, np.array([0, 1, 0, 1])), samples_per_epoch=4, nb_epoch=1, verbose=0)


def test_a_generator_says_what_is_wrong(folder):
    x = ask.images()
    with pytest.raises(ValueError, match="`zoom_range` must be a number or two"):
        ImageDataGenerator(zoom_range=[1, 2, 3])
    with pytest.raises(ValueError, match="`interpolation_order` must be 0 or 1"):
        ImageDataGenerator(compiled=True, interpolation_order=3)
    with pytest.raises(ValueError, match="`dtype` must be float32"):
        ImageDataGenerator(compiled=True, dtype="float64").flow(x)[0]
    with pytest.raises(ValueError, match=r"`x` and `y` must have the same length. Got 4 and 2"):
        ImageDataGenerator().flow(x, [1, 2])
    with pytest.raises(ValueError, match="the classes in the subsets"):
        ImageDataGenerator(validation_split=0.5).flow(x, [0, 0, 1, 1], subset="training")
    with pytest.raises(ValueError, match=r"has 2 batches. Asked for number 2"):
        ImageDataGenerator().flow(x, batch_size=2)[2]
    with pytest.raises(TypeError, match="unknown arguments sort"):
        ImageDataGenerator().flow_from_dataframe({}, sort=False)
    with pytest.warns(UserWarning, match="Call fit"):
        ImageDataGenerator(featurewise_center=True).standardize(x)
    with pytest.raises(NotImplementedError, match="no release of Keras"):
        image.random_barrel_transform(x[0], 1)


def test_a_table_names_files_and_targets(folder, capsys):
    table = {
        "filename": ["cats/a.png", "dogs/d.png", "cats/c.png", "gone.png"],
        "class": ["cat", "dog", ["cat", "dog"], "x"],
        "w": [1.0, 2.0, 3.0, 4.0], "size": [7, 8, 9, 10],
    }  # fmt: skip
    flow = ImageDataGenerator().flow_from_dataframe
    common = {"target_size": (3, 2), "shuffle": False, "directory": str(folder)}
    with pytest.warns(UserWarning, match="1 file names are left out"):
        x, y, weight = flow(table, weight_col="w", **common)[0]
    assert x.shape == (3, 3, 2, 3)
    assert y.tolist() == [[1, 0], [0, 1], [1, 1]]
    assert weight.tolist() == [1, 2, 3]
    table = {name: column[:2] for name, column in table.items()}
    assert flow(table, class_mode="binary", **common)[0][1].tolist() == [0, 1]
    assert flow(table, class_mode="raw", y_col=["size", "w"], **common)[0][1].tolist() == [[7, 1], [8, 2]]
    several = flow(table, class_mode="multi_output", y_col=["size", "w"], **common)[0][1]
    assert [one.tolist() for one in several] == [[7, 8], [1, 2]]
    with pytest.raises(TypeError, match="the entries of column 'size' must be text"):
        flow(table, x_col="size", **common)


def test_iterators_over_files_are_told_anew_how_to_read_them(folder, capsys):
    generator = ImageDataGenerator(validation_split=0.4)
    table = {"filename": ["cats/a.png", "dogs/d.png"], "class": ["cat", "dog"]}
    found = generator.flow_from_dataframe(table, str(folder), shuffle=False)
    assert found.get_classes({"k": ["dog", ["cat", "dog"], ("cat",)]}, "k") == [1, [0, 1], [0]]
    with pytest.raises(KeyError, match="'cow' is none of"):
        found.get_classes({"k": ["cow"]}, "k")
    folders = generator.flow_from_directory(str(folder), shuffle=False)
    for one, method in ((found, found.set_processing_attrs), (folders, folders.common_init)):
        rows = one.n
        method(generator, [2, 3], "grayscale", "channels_first", None, "", "png", "validation", "bilinear")
        assert (one.image_shape, one.split, one.n) == ((1, 2, 3), (0, 0.4), rows)
        assert one[0][0].shape[1:] == (1, 2, 3)
    short = {"filename": ["a", "c"], "class": ["x", "y"]}
    flow = generator.flow_from_dataframe(short, folder / "cats", has_ext=False, target_size=(2, 3), shuffle=False)
    assert flow.filenames == ["a.png", "c.png"]
    with pytest.raises(ValueError, match="there is no image"):
        generator.flow_from_dataframe({"filename": ["b"], "class": ["x"]}, folder / "dogs", has_ext=False)


def test_generators_of_0_were_their_own_batches():
    x, y = ask.images(), np.arange(4)
    flow = image.GraphImageDataGenerator(dtype="float32").flow(x, y, batch_size=3, shuffle=False)
    batch = next(flow)
    assert batch["output"].tolist() == [0, 1, 2]
    np.testing.assert_allclose(batch["input"], x[:3], rtol=1e-6)
    assert flow.next()["output"].tolist() == [3]
    generator = ImageDataGenerator()
    with pytest.raises(ValueError, match=r"call flow\(X, y\) first"):
        generator.next()
    with era.during("0.3"):
        generator.flow(x, y, batch_size=2, shuffle=False)
    assert generator.next()[1].tolist() == [0, 1]


def test_pictures_of_what_was_made_are_saved(tmp_path):
    x = ask.images()
    flow = ImageDataGenerator().flow(x, batch_size=2, shuffle=False, save_to_dir=tmp_path, save_prefix="a")
    next(flow)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.split("_")[:2] for name in names] == [["a", "0"], ["a", "1"]]
    saved = keras.utils.img_to_array(keras.utils.load_img(tmp_path / names[0]))
    assert saved.shape == (6, 5, 3)
    assert sorted(image.list_pictures(tmp_path)) == [str(tmp_path / name) for name in names]


def test_older_spellings_of_images(folder):
    path = folder / "cats" / "a.png"
    assert image.load_img(path, True).mode == image.load_img(path, grayscale=True).mode == "L"
    assert image.load_img(path, False, (3, 2)).size == (2, 3)
    assert image.img_to_array(image.load_img(path), dim_ordering="th").shape == (3, 6, 5)
    generator = ImageDataGenerator(dim_ordering="th")
    assert generator.data_format == "channels_first"
    assert generator.interpolation_order == 0
    flow = image.NumpyArrayIterator(ask.images(), None, ImageDataGenerator(), dim_ordering="tf")
    assert flow.data_format == "channels_last"


def test_pictures_of_the_time_before_tf_keras_stay_as_bright(tmp_path):
    """Keras 2.3.1 stretched to 255 and moved nothing to 0; today's goes from 0 to 255."""
    x = np.array([[[[51.0]], [[102.0]]]])
    before = keras.config.era()
    found = {}
    for year in ("2.3", "3"):
        keras.config.set_era(year)
        try:
            folder = tmp_path / year
            folder.mkdir()
            next(ImageDataGenerator().flow(x, batch_size=1, save_to_dir=folder))
            image.save_img(folder / "own.png", x[0])
            pictures = [keras.utils.load_img(path, color_mode="grayscale") for path in folder.iterdir()]
        finally:
            keras.config.set_era(before)
        found[year] = [np.ravel(picture).tolist() for picture in pictures]
    assert found == {"2.3": [[127, 255]] * 2, "3": [[0, 255]] * 2}


def test_a_word_for_others_that_texts_have_keeps_the_number_of_the_word():
    words = text.Tokenizer(oov_token="the")
    words.fit_on_texts(["the cat the dog"])
    assert words.word_index == {"the": 2, "cat": 3, "dog": 4}  # Keras 2.3.1
    assert words.texts_to_sequences(["the bird"]) == [[2, 2]]


def test_classes_are_32_bits_wide_in_programs_of_2_2_to_tf_keras():
    before = keras.config.era()
    found = {}
    for year in ("1", "2.3", "tf2", "3"):
        keras.config.set_era(year)
        try:
            found[year] = keras.utils.to_categorical([0, 1]).dtype.name
        finally:
            keras.config.set_era(before)
    assert found == {"1": "float64", "2.3": "float32", "tf2": "float32", "3": "float64"}


def test_words_get_numbers_by_frequency():
    words = text.Tokenizer(num_words=3, oov_token="?")
    words.fit_on_texts(["the cat sat on the mat", "the dog; The DOG"])
    assert words.word_index == {"?": 1, "the": 2, "dog": 3, "cat": 4, "sat": 5, "on": 6, "mat": 7}
    assert words.texts_to_sequences(["the cat"]) == [[2, 1]]
    assert words.sequences_to_texts([[2, 1]]) == ["the ?"]
    assert words.texts_to_matrix(["the the cat"], mode="count").tolist() == [[0, 1, 2]]
    tfidf = words.texts_to_matrix(["the the cat"], mode="tfidf")[0]
    np.testing.assert_allclose(tfidf, [0, np.log(3), (1 + np.log(2)) * np.log(1 + 2 / 3)])
    again = text.tokenizer_from_json(words.to_json())
    assert again.get_config() == words.get_config()
    assert again.texts_to_sequences(["the cat"]) == [[2, 1]]
    assert text.Tokenizer(nb_words=4).num_words == 4
    with pytest.raises(ValueError, match="the number of columns is not known"):
        text.Tokenizer().texts_to_matrix(["a"])
    with pytest.raises(ValueError, match=r"not what Tokenizer.to_json"):
        text.tokenizer_from_json("{}")
    assert text.hashing_trick("a b a c", 10, "md5") == [2, 5, 2, 8]  # Keras 2.3.1
    assert text.text_to_word_sequence("aXXbXX", split="xx") == ["a", "b"]


def test_pairs_of_words_are_those_of_keras_2():
    couples, labels = sequence.skipgrams([1, 2, 0, 3, 4, 5], 6, window_size=1, seed=3, negative_samples=0)
    assert sorted(couples) == [[1, 2], [2, 1], [3, 4], [4, 3], [4, 5], [5, 4]]
    assert labels == [1] * 6
    random.seed(0)
    couples, labels = sequence.skipgrams([1, 2, 0, 3, 4, 5], 6, seed=3, categorical=True, window_size=1)
    assert couples[:4] == [[2, 1], [3, 3], [5, 5], [1, 2]]  # Keras 2.3.1
    assert labels[:4] == [[0, 1], [1, 0], [1, 0], [0, 1]]
    np.testing.assert_allclose(sequence.make_sampling_table(3, 0.1), [0.31522479, 0.31522479, 0.54759727], rtol=1e-6)


def test_windows_go_to_json_and_back():
    windows = sequence.TimeseriesGenerator(np.arange(12), np.arange(12) * 2, 3, stride=2, batch_size=2, reverse=True)
    batches = [tuple(part.tolist() for part in windows[i]) for i in range(len(windows))]
    assert batches == [  # Keras 2.3.1
        ([[2, 1, 0], [4, 3, 2]], [6, 10]), ([[6, 5, 4], [8, 7, 6]], [14, 18]), ([[10, 9, 8]], [22]),
    ]  # fmt: skip
    assert json.loads(windows.to_json())["config"]["start_index"] == 3
    again = timeseries_generator_from_json(windows.to_json())
    assert again.get_config() == windows.get_config()
    with pytest.raises(ValueError, match="no window fits"):
        sequence.TimeseriesGenerator(np.arange(4), np.arange(4), 3, start_index=2)


class Doubled(image.Iterator):
    """An iterator as 1.x and 2.x had them: with a `next` that takes rows from `index_generator`."""

    def __init__(self, x):
        self.x = x
        super().__init__(len(x), 4, False, None)

    def next(self):
        with self.lock:
            found = next(self.index_generator)
        rows, *place = found if isinstance(found, tuple) else [found]
        return self.x[rows] * 2, *place


@pytest.mark.parametrize("year", ["1", "2"])
def test_iterators_with_a_next_of_their_own(year):
    keras.config.set_era(year)
    try:
        _follows_a_next_of_its_own(year)
    finally:
        keras.config.set_era("3")


def _follows_a_next_of_its_own(year):
    batches = Doubled(np.arange(10))
    found = [next(batches) for _ in range(4)]
    assert [b[0].tolist() for b in found] == [[0, 2, 4, 6], [8, 10, 12, 14], [16, 18], [0, 2, 4, 6]]
    assert [b[1:] for b in found] == ([(0, 4), (4, 4), (8, 2), (0, 4)] if year == "1" else [()] * 4)
    assert batches[1][0].tolist() == [8, 10, 12, 14]
