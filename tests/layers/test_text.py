"""Layers for text and tables: where their data may come from, what models make of them, files, errors."""

import json

import numpy as np
import pandas as pd
import pytest

import keras
from keras import layers

from .contract import assert_close

WORDS = ["oak", "ash", "oak", "fir", "ash", "oak"]
SENTENCES = np.array(["the cat sat", "a dog", "the dog", "cat cat"])
LABELS = np.array([1.0, 0.0, 0.0, 1.0])


class Batches(keras.utils.PyDataset):
    """Two batches of three, with targets that adapt() does not look at."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return np.array(self.values[3 * i : 3 * i + 3]), np.zeros(3)


SOURCES = {
    "a list": lambda values: values,
    "an array": np.array,
    "an array of objects": lambda values: np.array(values, object),
    "a column": lambda values: np.array(values)[:, None],
    "a series": pd.Series,
    "a frame": lambda values: pd.DataFrame({"x": values}),
    "a generator": lambda values: (values[i : i + 2] for i in (0, 2, 4)),
    "a dataset": Batches,
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_layer_learns_from_every_source(source):
    lookup, vectors = layers.StringLookup(), layers.TextVectorization()
    lookup.adapt(source(WORDS))
    vectors.adapt(source(WORDS))
    assert lookup.get_vocabulary() == ["[UNK]", "oak", "ash", "fir"]
    assert vectors.get_vocabulary() == ["", "[UNK]", "oak", "ash", "fir"]
    numbers = [4, 2, 4, 9, 2, 4]
    lookup, bins = layers.IntegerLookup(), layers.Discretization(num_bins=2)
    lookup.adapt(source(numbers))
    bins.adapt(source(numbers))
    assert lookup.get_vocabulary() == [-1, 4, 2, 9]
    assert bins.bin_boundaries == [4.0]
    normalization = layers.Normalization(axis=None)
    normalization.adapt(source(numbers))
    assert float(normalization.adapt_mean) == pytest.approx(25 / 6)
    assert float(normalization.adapt_variance) == pytest.approx(np.var(numbers), rel=1e-6)


def test_steps_limit_how_many_batches_are_looked_at():
    lookup = layers.StringLookup()
    lookup.adapt(([word] for word in WORDS), steps=2)
    assert lookup.get_vocabulary() == ["[UNK]", "oak", "ash"]
    with pytest.raises(ValueError, match="`steps` counts batches, and `data` is an array"):
        lookup.adapt(WORDS, steps=2)


def test_among_equally_frequent_tokens_the_last_by_code_point_comes_first():
    lookup = layers.StringLookup()
    lookup.adapt(["b", "a", "é", "Z", "10", "9"])
    assert lookup.get_vocabulary(include_special_tokens=False) == ["é", "b", "a", "Z", "9", "10"]


def test_a_second_adapt_forgets_the_first():
    lookup = layers.StringLookup()
    lookup.adapt(["a"])
    lookup.adapt(["b"])
    assert lookup.get_vocabulary() == ["[UNK]", "b"]
    normalization = layers.Normalization()
    normalization.adapt(np.array([[0.0], [2.0]]))
    normalization.adapt(np.array([[10.0], [12.0]]))
    assert_close(normalization([[11.0], [13.0]]), [[0.0], [2.0]])


def test_standardize_and_split_may_be_functions_of_arrays():
    layer = layers.TextVectorization(
        standardize=np.char.upper, split=lambda x: [s.split("-") for s in x], vocabulary=["A", "B"]
    )
    assert_close(layer(["a-b-q", "b"]), [[2, 3, 1], [3, 0, 0]])
    with pytest.raises(ValueError, match="`split` must return a list of tokens for each of the 2 texts"):
        layers.TextVectorization(vocabulary=["a"], split=lambda x: ["a"])(["a", "b"])
    with pytest.raises(ValueError, match="`standardize` must return a text for each one it gets"):
        layers.TextVectorization(vocabulary=["a"], standardize=lambda x: x[:1])(["a", "b"])


def test_ragged_rows_keep_their_lengths():
    layer = layers.TextVectorization(vocabulary=["a", "b"], ragged=True)
    assert [row.tolist() for row in layer(["a b a", "", "b"])] == [[2, 3, 2], [], [3]]
    with pytest.raises(ValueError, match="tensors of a model have rows of equal length"):
        layer(keras.Input((1,), dtype="string"))


def test_numbers_become_texts_again():
    there, back = (layers.StringLookup(vocabulary=["a", "b"], invert=invert) for invert in (False, True))
    assert back(there(["b", "z", "a"])).tolist() == ["b", "[UNK]", "a"]
    big = layers.IntegerLookup(vocabulary=[2**40, 7], invert=True)
    assert big([1, 2, 5]).tolist() == [2**40, 7, -1]
    assert_close(layers.IntegerLookup(vocabulary=[2**40, 7])(np.array([7, 2**40, 2**40 + 7])), [2, 1, 0])


def test_bytes_and_missing_encodings():
    layer = layers.StringLookup(vocabulary=["é"], encoding="latin-1")
    assert_close(layer([b"\xe9", "é"]), [1, 1])
    assert_close(layers.Hashing(1000)([b"a"]), layers.Hashing(1000)(["a"]))
    with pytest.raises(ValueError, match="`encoding` must name a text encoding"):
        layers.StringLookup(encoding="utf-99")


# --- models


def text_model():
    vectors = layers.TextVectorization(output_mode="multi_hot")
    vectors.adapt(SENTENCES)
    model = keras.Sequential([keras.Input((1,), dtype="string"), vectors, layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    return model


def test_a_model_that_begins_with_text_trains_as_one_that_gets_the_numbers():
    model = text_model()
    vectors, dense = model.layers
    plain = keras.Sequential([keras.Input((6,)), layers.Dense(1, activation="sigmoid")])
    plain.compile("sgd", "binary_crossentropy")
    plain.set_weights(model.get_weights())
    numbers = np.asarray(vectors(SENTENCES))
    settings = {"epochs": 2, "batch_size": 2, "shuffle": False, "verbose": 0}
    wanted = plain.fit(numbers, LABELS, **settings).history["loss"]
    assert_close(model.fit(SENTENCES, LABELS, **settings).history["loss"], wanted)
    assert_close(dense.get_weights()[0], plain.get_weights()[0])
    predicted = plain.predict(numbers, verbose=0)
    for x in (SENTENCES, SENTENCES[:, None], SENTENCES.tolist(), pd.Series(SENTENCES)):
        assert_close(model.predict(x, verbose=0), predicted)
    assert_close(model(SENTENCES), predicted)
    assert_close(model.predict_on_batch(SENTENCES), predicted)
    assert model.evaluate(SENTENCES, LABELS, verbose=0) == pytest.approx(plain.evaluate(numbers, LABELS, verbose=0))
    batches = ((SENTENCES[i : i + 2], LABELS[i : i + 2]) for i in (0, 2))
    plain.fit(numbers, LABELS, **{**settings, "epochs": 1})
    model.fit(batches, epochs=1, verbose=0, validation_data=(SENTENCES, LABELS))
    assert_close(dense.get_weights()[0], plain.get_weights()[0])


def test_a_model_that_begins_with_text_comes_back_from_a_file(tmp_path):
    model = text_model()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.layers[0].get_vocabulary() == model.layers[0].get_vocabulary()
    assert_close(again.predict(SENTENCES, verbose=0), model.predict(SENTENCES, verbose=0))


def test_the_first_text_builds_a_model_without_input():
    model = keras.Sequential([layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot"), layers.Dense(2)])
    assert model.predict(np.array(["a", "q"]), verbose=0).shape == (2, 2)
    assert model.input_shape == (None,)


def columns_model():
    kind, code, size = (
        keras.Input((1,), dtype=dtype, name=name)
        for dtype, name in (("string", "kind"), ("int32", "code"), ("float32", "size"))
    )
    known = layers.StringLookup(vocabulary=["x", "y"])(kind)
    crossed = layers.HashedCrossing(3, output_mode="one_hot")([known, code])
    coded = layers.Hashing(4, output_mode="one_hot")(code)
    vectors = layers.Concatenate()([layers.CategoryEncoding(3)(known), crossed, coded, size])
    return keras.Model([kind, code, size], vectors)


def test_columns_of_several_kinds_go_into_one_model():
    model = columns_model()
    frame = pd.DataFrame({"kind": ["x", "y", "q"], "code": [1, 2, 3], "size": [0.5, 1.5, 2.5]})
    known, code = np.array([1, 2, 0]), frame["code"].to_numpy()
    wanted = np.concatenate(
        [
            np.eye(3)[known],
            np.eye(3)[np.asarray(layers.HashedCrossing(3)([known, code]))],
            np.eye(4)[np.asarray(layers.Hashing(4)(code))],
            frame[["size"]].to_numpy(),
        ],
        axis=1,
    )
    assert_close(model.predict(frame, verbose=0), wanted)
    assert_close(model.predict(dict(frame), verbose=0), wanted)
    assert_close(model([frame[name].to_numpy() for name in frame]), wanted)
    with pytest.raises(ValueError, match="The inputs miss 'size'"):
        model.predict({"kind": frame["kind"], "code": frame["code"]}, verbose=0)
    inputs = [keras.Input((1,), dtype=x.dtype) for x in model.inputs]
    assert_close(keras.Model(inputs, model(inputs)).predict(list(dict(frame).values()), verbose=0), wanted)


def test_integers_are_hashed_behind_other_layers():
    x = keras.Input((2,), dtype="int32")
    model = keras.Model(x, layers.Hashing(50)(x * 2))
    assert_close(model.predict(np.array([[1, 2]]), verbose=0), layers.Hashing(50)([[2, 4]]))


def test_text_that_would_get_into_compiled_code_is_refused():
    text = keras.Input((1,), dtype="string")
    for refused in (lambda: layers.Identity()(text), lambda: keras.ops.abs(text)):
        with pytest.raises(TypeError, match="compiled code knows no text"):
            refused()
    back = layers.StringLookup(vocabulary=["a"], invert=True)(layers.StringLookup(vocabulary=["a"])(text))
    with pytest.raises(ValueError, match="is text, which compiled code cannot make"):
        keras.Model(text, back).predict(np.array(["a"]), verbose=0)
    with pytest.raises(ValueError, match="Compiled code knows no text"):
        keras.Model(text, layers.Dense(3)(text)).predict(np.array(["a"]), verbose=0)
    with pytest.raises(TypeError, match=r"takes text. Got .*dtype='string'"):
        layers.StringLookup(vocabulary=["a"])(keras.Input((1,), dtype="int32"))
    with pytest.raises(TypeError, match=r"takes integers. Got .*dtype='int32'"):
        layers.IntegerLookup(vocabulary=[1])(keras.Input((1,)))


# --- files, configs


def test_a_learned_vocabulary_goes_through_its_file(tmp_path):
    first = layers.TextVectorization(output_mode="tf_idf")
    first.adapt(SENTENCES)
    first.save_assets(tmp_path)
    assert (tmp_path / "vocabulary.txt").read_text() == "[UNK]\ncat\nthe\ndog\nsat\na"
    stored = {}
    first.save_own_variables(stored)
    second = layers.deserialize(json.loads(json.dumps(layers.serialize(first))))
    assert second.vocabulary_size() == 6
    second.load_own_variables(stored)
    second.load_assets(tmp_path)
    assert_close(second(SENTENCES), first(SENTENCES))


@pytest.mark.parametrize("tokens", [["oak", "ash"], ["oak", ""]])
def test_an_empty_last_line_of_a_learned_vocabulary_is_no_token(tokens, tmp_path):
    lookup = layers.StringLookup()
    lookup.set_vocabulary(tokens)
    lookup.save_assets(tmp_path)
    file = tmp_path / "vocabulary.txt"
    for text in (file.read_text(), "\n".join([*lookup.get_vocabulary(), ""])):
        file.write_text(text)
        again = layers.StringLookup()
        again.load_assets(tmp_path)
        assert again.get_vocabulary() == ["[UNK]", *tokens]


def test_a_vocabulary_may_come_from_a_file_but_a_config_may_not_name_one(tmp_path):
    (tmp_path / "words.txt").write_text("oak\nash\n")
    assert layers.StringLookup(vocabulary=str(tmp_path / "words.txt")).get_vocabulary() == ["[UNK]", "oak", "ash"]
    for cls in (layers.StringLookup, layers.TextVectorization):
        with pytest.raises(ValueError, match="Files that a config names are not opened"):
            cls.from_config({"vocabulary": str(tmp_path / "words.txt")})
    for kind in (FileNotFoundError, ValueError):  # the latter in Keras 3
        with pytest.raises(kind, match="there is no vocabulary file"):
            layers.StringLookup(vocabulary=str(tmp_path / "none.txt"))


def test_tokens_with_line_breaks_do_not_get_into_a_file(tmp_path):
    lookup = layers.StringLookup()
    lookup.adapt(["a\nb"])
    with pytest.raises(ValueError, match="cannot be written a token per line"):
        lookup.save_assets(tmp_path)


def test_learned_boundaries_are_in_the_config():
    layer = layers.Discretization(num_bins=3)
    layer.adapt(np.arange(10.0))
    again = layers.Discretization.from_config(json.loads(json.dumps(layer.get_config())))
    assert again.bin_boundaries == layer.bin_boundaries
    assert again.num_bins == 3


def test_normalization_keeps_float32_in_16_bits():
    layer = layers.Normalization(dtype="mixed_float16")
    layer.adapt(np.array([[1000.0, 7.0], [1001.0, 7.0]]))
    outputs = layer(np.array([[1001.0, 7.0]], "float32"))
    assert outputs.dtype == "float16"
    assert_close(np.asarray(outputs, "float32"), [[1.0, 0.0]], rtol=1e-3)
    assert [w.dtype for w in layer.weights] == ["float32", "float32", "int32"]


# --- errors

BAD_SETTINGS = [
    (layers.StringLookup, {"max_tokens": 1}, "`max_tokens` must be at least 2. Got 1"),
    (layers.StringLookup, {"num_oov_indices": -1}, "`num_oov_indices` must be an integer of at least 0"),
    (layers.StringLookup, {"output_mode": "pairs"}, "`output_mode` must be one of 'int', 'one_hot'"),
    (layers.StringLookup, {"invert": True, "output_mode": "count"}, "must be 'int' if `invert` is True"),
    (layers.StringLookup, {"sparse": True, "output_mode": "count"}, "tensors are dense"),
    (layers.StringLookup, {"pad_to_max_tokens": True}, "`pad_to_max_tokens` needs `max_tokens`"),
    (layers.StringLookup, {"vocabulary": ["a", "a"]}, "tokens that come twice: 'a'"),
    (layers.StringLookup, {"vocabulary": []}, "`vocabulary` is empty"),
    (layers.StringLookup, {"vocabulary": ["a", ""], "mask_token": ""}, "the mask token '' stands at place 1"),
    (layers.StringLookup, {"vocabulary": ["a", "b"], "max_tokens": 2}, "has 3 tokens.*`max_tokens` is 2"),
    (layers.StringLookup, {"vocabulary": ["a"], "output_mode": "tf_idf"}, "needs `idf_weights`, one per token"),
    (layers.StringLookup, {"vocabulary": ["a"], "idf_weights": [1.0]}, "`idf_weights` are for output_mode='tf_idf'"),
    (layers.StringLookup, {"salt": "x"}, "`salt` must be an integer or two of them. Got 'x'"),
    (layers.IntegerLookup, {"salt": 3}, "`salt` is for oov_method='farmhash'"),
    (layers.IntegerLookup, {"vocabulary_dtype": "string"}, "`vocabulary_dtype` must be one of 'int64'"),
    (layers.TextVectorization, {"standardize": "upper"}, "`standardize` must be one of"),
    (layers.TextVectorization, {"split": "comma"}, "`split` must be one of 'whitespace', 'character'"),
    (layers.TextVectorization, {"ngrams": 0}, "`ngrams` must be a positive integer, a tuple of them, or None"),
    (layers.TextVectorization, {"output_mode": "count", "ragged": True}, "`ragged` is for output_mode='int'"),
    (layers.TextVectorization, {"output_sequence_length": 0}, "`output_sequence_length` must be a positive integer"),
    (layers.CategoryEncoding, {}, "`num_tokens` is missing.*IntegerLookup"),
    (layers.CategoryEncoding, {"num_tokens": 3, "output_mode": "int"}, "`output_mode` must be one of 'one_hot'"),
    (layers.Hashing, {"num_bins": 0}, "`num_bins` must be a positive integer. Got 0"),
    (layers.Hashing, {"num_bins": 3, "dtype": "float32"}, "`dtype` must be an integer's"),
    (layers.HashedCrossing, {"num_bins": 3, "output_mode": "count"}, "`output_mode` must be one of 'int', 'one_hot'"),
    (layers.Discretization, {}, "pass either `bin_boundaries` or `num_bins`"),
    (layers.Discretization, {"bin_boundaries": [2.0, 1.0]}, "must be numbers in rising order"),
    (layers.Normalization, {"mean": 1.0}, "pass both `mean` and `variance`, or neither"),
]


@pytest.mark.parametrize(("cls", "arguments", "message"), BAD_SETTINGS, ids=[m for _, _, m in BAD_SETTINGS])
def test_constructors_say_what_is_wrong(cls, arguments, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        cls(**arguments)


BAD_CALLS = {
    "has no vocabulary yet": lambda: layers.StringLookup()(["a"]),
    "'z' is not in the vocabulary, and `num_oov_indices` is 0": lambda: layers.StringLookup(
        vocabulary=["a"], num_oov_indices=0
    )(["a", "z"]),
    "was given its vocabulary": lambda: layers.StringLookup(vocabulary=["a"]).adapt(["a"]),
    "was given its boundaries": lambda: layers.Discretization(bin_boundaries=[1.0]).adapt([1.0]),
    "was given `mean` and `variance`": lambda: layers.Normalization(mean=1.0, variance=1.0).adapt([[1.0]]),
    "has no boundaries yet": lambda: layers.Discretization(num_bins=2)([1.0]),
    "takes text. Got values of dtype int64": lambda: layers.StringLookup(vocabulary=["a"])([1, 2]),
    "takes text. Got None among it": lambda: layers.StringLookup(vocabulary=["a"])(np.array(["a", None], object)),
    "Got values of dtype float64 that are no whole numbers": lambda: layers.IntegerLookup(vocabulary=[1])([1.5]),
    "splits one text per row": lambda: layers.TextVectorization(vocabulary=["a"])([["a", "b"]]),
    "rows have different lengths": lambda: layers.StringLookup(vocabulary=["a"])([["a"], ["a", "b"]]),
    "`count_weights` is for output_mode='count'": lambda: layers.CategoryEncoding(3)(
        np.array([[1]]), count_weights=np.array([[1.0]])
    ),
    "all features must have the same shape": lambda: layers.HashedCrossing(3)((["a"], [1, 2])),
    "takes a list of two or more features": lambda: layers.HashedCrossing(3)((["a"],)),
    "features are texts or integers": lambda: layers.HashedCrossing(3)((["a"], [1.0])),
    "the sizes of the axes": lambda: layers.Normalization()(keras.Input((None,))),
    "takes numbers": lambda: layers.Normalization().adapt(["a"]),
    "`data` is empty": lambda: layers.TextVectorization().adapt([]),
    "tensors hold numbers": lambda: layers.Discretization([1.0])(["a"]),
    "`data` must be one array": lambda: layers.StringLookup().adapt({"a": ["b"]}),
}


@pytest.mark.parametrize("message", BAD_CALLS)
def test_calls_say_what_is_wrong(message):
    with pytest.raises((ValueError, TypeError), match=message):
        BAD_CALLS[message]()


def test_inputs_that_keras_3_takes_too():
    numbers = layers.IntegerLookup(vocabulary=[10, 20])
    assert np.asarray(numbers(np.array([20.0, 10.0, 5.0]))).tolist() == [2, 1, 0]
    assert numbers([]).shape == (0,)
    assert int(layers.Discretization([0.0, 1.0])(0.5)) == 1
    assert np.asarray(layers.Hashing(7)([True, False])).tolist() == [3, 0]
    texts = layers.StringLookup()
    texts.adapt("abc")
    assert texts.get_vocabulary() == ["[UNK]", "abc"]


def test_weights_of_counts_are_added():
    layer = layers.CategoryEncoding(3, output_mode="count")
    found = layer(np.array([[0, 2, 2]]), count_weights=np.array([[0.5, 1.0, 0.25]]))
    assert_close(found, [[0.5, 0.0, 1.25]])


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (lambda: layers.HashedCrossing(3), (np.ones(2), np.ones(2))),  # ValueError in Keras 3.15
        (lambda: layers.StringLookup(vocabulary=["a"]), np.ones(2)),
        (lambda: layers.IntegerLookup(vocabulary=[1]), np.array([0.5])),
    ],
)
@pytest.mark.parametrize("kind", [TypeError, ValueError])
def test_values_of_a_dtype_that_is_not_taken_are_refused_by_an_error_of_either_kind(make, x, kind):
    with pytest.raises(kind):
        make()(x)
