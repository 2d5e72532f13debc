"""Asks Keras 3 on TensorFlow about layers for text and tables.

    KERAS_BACKEND=tensorflow PYTHON keras3_text.py FOLDER

PYTHON is an interpreter with Keras 3 and TensorFlow, which these layers of Keras 3 need; FOLDER is where the files go,
as a rule tests/golden.
"""

import itertools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))

import numpy as np
import tensorflow
from draw import Draw

import keras
from golden import ask_text, store

FOLDER = sys.argv[1]
MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
WORDS = ["ash", "elm", "oak", "fir", "yew", "", "[UNK]", "Ésula", "日本", "oak ash"]
SENTENCES = [
    "The cat sat, on THE mat!",
    "a dog's tail\tand  a cat",
    "",
    "Éclair — naïve: 100% (or 3.5) of it",
    "the the the oak_tree [x]",
]
PUNCTUATION = " ".join(f"a{c}b" for c in "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'“”…")
cases = {}


def add(name, layer, arguments, inputs, **more):
    assert name not in cases, name
    cases[name] = {"name": name, "layer": layer, "arguments": arguments, "inputs": inputs, **more}


def called(arguments):
    return ",".join(f"{k}={v}" for k, v in arguments.items()).replace(" ", "").replace("'", "")


def string_lookups():
    column, table = ["ash", "zzz", "oak", "", "日本"], [["ash", "oak", "ash"], ["zzz", "fir", ""], ["", "", "elm"]]
    vocabulary = ["oak", "ash", "fir", "elm", "日本"]
    for mode, unknown, mask in itertools.product(MODES, (1, 2, 3), (None, "", "oak!")):
        arguments = {"output_mode": mode, "num_oov_indices": unknown, "mask_token": mask, "vocabulary": vocabulary}
        if mode == "tf_idf":
            arguments["idf_weights"] = [0.5, 1.0, 1.5, 2.0, 4.0]
        add(f"StringLookup:{mode},{unknown},{mask!r}", "StringLookup", arguments, [column, table, [["oak"], ["x"]]])
    for mode, more in itertools.product(
        MODES, ({}, {"max_tokens": 4}, {"max_tokens": 9, "pad_to_max_tokens": True}, {"mask_token": ""})
    ):
        data = [["oak", "ash", "oak"], ["fir", "ash", ""], ["[UNK]", "oak", "Oak"], ["elm", "日本", "é"]]
        arguments = {"output_mode": mode, **more}
        add(f"StringLookup:adapt,{called(arguments)}", "StringLookup", arguments, [table, column], adapt=np.array(data))
        parts = [np.array(data[:1]), np.array(data[1:])]
        add(f"StringLookup:updates,{called(arguments)}", "StringLookup", arguments, [table], updates=parts)
    add("StringLookup:ties", "StringLookup", {}, [WORDS], adapt=np.array([*WORDS, "z", "Z", "0", "10", "9", "~", " "]))
    add("StringLookup:row", "StringLookup", {"output_mode": "tf_idf"}, [table], adapt=np.array(["a", "b", "oak", "a"]))
    for more in ({}, {"salt": 5}, {"salt": [5, 6]}, {"oov_method": "farmhash"}):
        arguments = {"vocabulary": ["oak"], "num_oov_indices": 11, **more}
        add(f"StringLookup:bins,{called(more)}", "StringLookup", arguments, [WORDS])
    for mask, unknown in itertools.product((None, "[M]"), (0, 1, 3)):
        arguments = {"vocabulary": vocabulary, "mask_token": mask, "num_oov_indices": unknown, "invert": True}
        numbers = np.array([[0, 1, 2], [3, 4, 8], [9, -1, 100]])
        add(f"StringLookup:invert,{mask},{unknown}", "StringLookup", arguments, [numbers])
    add("StringLookup:special", "StringLookup", {"vocabulary": ["", "[UNK]", "a"], "mask_token": ""}, [["a", "b", ""]])
    weights = {"vocabulary": ["[UNK]", "a", "b"], "idf_weights": [9.0, 1.0, 2.0], "output_mode": "tf_idf"}
    add("StringLookup:special,weights", "StringLookup", weights, [["a", "q", "q"]])


def integer_lookups():
    column, table = np.array([10, 11, 30, 0, -7]), np.array([[10, 30, 10], [11, 20, 0], [0, 0, 40]])
    vocabulary = [30, 10, 20, 40]
    for mode, unknown, mask in itertools.product(MODES, (1, 2, 3), (None, 0, -5)):
        arguments = {"output_mode": mode, "num_oov_indices": unknown, "mask_token": mask, "vocabulary": vocabulary}
        if mode == "tf_idf":
            arguments["idf_weights"] = [0.5, 1.0, 1.5, 2.0]
        add(f"IntegerLookup:{mode},{unknown},{mask}", "IntegerLookup", arguments, [column, table, column[:, None]])
    many = np.array([-300, -4, -3, -2, -1, 1, 2, 3, 4, 2**31 - 1])
    for more in ({}, {"oov_method": "farmhash"}, {"oov_method": "farmhash", "salt": 5}):
        arguments = {"vocabulary": vocabulary, "num_oov_indices": 7, **more}
        add(f"IntegerLookup:bins,{called(more)}", "IntegerLookup", arguments, [many])
    for mode, more in itertools.product(MODES, ({}, {"max_tokens": 4}, {"mask_token": 0}, {"oov_token": -9})):
        data = np.array([[5, 3, 3], [7, 5, -1], [0, 12, 100], [-1, 3, -9]])
        arguments = {"output_mode": mode, **more}
        add(f"IntegerLookup:adapt,{called(arguments)}", "IntegerLookup", arguments, [table, data], adapt=data)
    for mask, unknown in itertools.product((None, 0), (0, 1, 2)):
        arguments = {"vocabulary": vocabulary, "mask_token": mask, "num_oov_indices": unknown, "invert": True}
        add(f"IntegerLookup:invert,{mask},{unknown}", "IntegerLookup", arguments, [np.array([[0, 1, 2, 3, 4, 9, -1]])])


def text_vectorizations():
    for standardize, split in itertools.product(
        ("lower_and_strip_punctuation", "lower", "strip_punctuation", None), ("whitespace", "character", None)
    ):
        arguments = {"standardize": standardize, "split": split}
        data = [*SENTENCES, PUNCTUATION]
        add(f"TextVectorization:{called(arguments)}", "TextVectorization", arguments, [data], adapt=np.array(data))
    for ngrams, mode in itertools.product((1, 2, 3, (2,), (1, 3)), MODES):
        arguments = {"ngrams": ngrams, "output_mode": mode}
        add(f"TextVectorization:{called(arguments)}", "TextVectorization", arguments, [SENTENCES], adapt=SENTENCES)
    for mode, more in itertools.product(MODES, ({}, {"max_tokens": 5}, {"max_tokens": 40, "pad_to_max_tokens": True})):
        arguments = {"output_mode": mode, **more}
        inputs = [SENTENCES, "the cat sat there", [["the cat"], ["a dog in the mat"]]]
        add(
            f"TextVectorization:{called(arguments)},{bool(more)}",
            "TextVectorization",
            arguments,
            inputs,
            adapt=SENTENCES,
        )
        updates = [np.array(SENTENCES[:2]), np.array(SENTENCES[2:])]
        add(
            f"TextVectorization:updates,{called(arguments)}",
            "TextVectorization",
            arguments,
            [SENTENCES],
            updates=updates,
        )
    for length in (1, 4, 12):
        arguments = {"output_sequence_length": length}
        add(f"TextVectorization:{length}", "TextVectorization", arguments, [SENTENCES, "the cat"], adapt=SENTENCES)
    table = [["a", "b", "q"], ["b", "", "a"]]
    for more in ({}, {"ngrams": 2}, {"output_sequence_length": 2}, {"output_sequence_length": 5}):
        arguments = {"split": None, "vocabulary": ["a", "b", "a b"], **more}
        add(f"TextVectorization:whole,{called(more)}", "TextVectorization", arguments, [table])
    for mode in MODES[1:]:
        arguments = {"split": None, "vocabulary": ["a", "b"], "output_mode": mode}
        if mode == "tf_idf":
            arguments["idf_weights"] = [1.0, 2.0]
        add(f"TextVectorization:whole,{mode}", "TextVectorization", arguments, [table, ["a", "q"]])
    spaces = ["a\nb\u00a0c c\u2003d\x0be\x0cf\rg  h\x1ci\x85j"]
    add("TextVectorization:spaces", "TextVectorization", {"standardize": None}, [spaces], adapt=np.array(spaces))
    letters = ["ÀÉ İ ẞ Σ ΑΣ ÄÖ ABC"]
    add("TextVectorization:letters", "TextVectorization", {}, [letters], adapt=np.array(letters))
    add("TextVectorization:special", "TextVectorization", {"vocabulary": ["", "[UNK]", "x"]}, [["x y"]])


def hashes():
    draw = np.random.default_rng(3)
    letters = [chr(c) for c in range(32, 127)] + list("äßλ日😀")
    texts = ["".join(draw.choice(letters, n)) for n in [*range(201), *range(0, 201, 7)]]
    integers = np.concatenate([np.arange(-20, 20), (2 ** np.arange(31)) - 1, -(2 ** np.arange(31))])
    for salt in (None, 7, [133, 137]):
        add(f"Hashing:texts,{salt}", "Hashing", {"num_bins": 2**31 - 1, "salt": salt}, [texts])
        add(f"Hashing:integers,{salt}", "Hashing", {"num_bins": 2**31 - 1, "salt": salt}, [integers])
    table, numbers = [["a", "b", "a"], ["c", "", "d"]], np.array([[1, 2, 1], [0, -1, 5]])
    for mode, bins, mask in itertools.product(("int", "one_hot", "multi_hot", "count"), (1, 2, 5), (False, True)):
        for kind, x, value in (("text", table, ""), ("integer", numbers, 0)):
            arguments = {"num_bins": bins, "output_mode": mode, "mask_value": value if mask else None}
            column = [row[:1] for row in x]
            inputs = [x, x[0], column if kind == "text" else np.array(column)]
            add(f"Hashing:{kind},{mode},{bins},{mask}", "Hashing", arguments, inputs)
    first, second = texts[:60], texts[100:160]
    crosses = {
        "texts": [first, second],
        "mixed": [first, integers[:60]],
        "integers": [integers, integers[::-1].copy()],
        "three": [first, integers[:60], second],
        "columns": [[[t] for t in first], integers[:60, None]],
        "alone": ["a", 1],
    }
    for name, features in crosses.items():
        for mode, bins in (("int", 2**31 - 1), ("int", 10), ("one_hot", 5)):
            arguments = {"num_bins": bins, "output_mode": mode}
            add(f"HashedCrossing:{name},{mode},{bins}", "HashedCrossing", arguments, [{"features": features}])


def encodings():
    for mode in ("one_hot", "multi_hot", "count"):
        inputs = [np.array(x) for x in ([0, 2], [[0, 2], [1, 1]], [[0], [3]], 3, [0, 9])]
        for dtype in ("float32", "int32"):
            arguments = {"num_tokens": 4, "output_mode": mode, "dtype": dtype}
            add(f"CategoryEncoding:{mode},{dtype}", "CategoryEncoding", arguments, inputs)
        table = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]], "float32")
        arguments = {"bin_boundaries": [0.0, 1.0, 2.0], "output_mode": mode}
        add(f"Discretization:{mode}", "Discretization", arguments, [table, table[0], table[:, :1]])
        arguments = {"num_bins": 5, "output_mode": mode}
        add(f"Discretization:few,{mode}", "Discretization", arguments, [table], adapt=np.array([1.0, 2.0, 1.0]))
    edges = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0, 2.0], "float32")
    add("Discretization:edges", "Discretization", {"bin_boundaries": [0.0, 1.0, 2.0]}, [edges, np.array([0, 1, 2, 5])])
    draw = Draw(5)
    wide = draw.real(700) * 3
    for bins, epsilon in itertools.product((1, 2, 7, 50), (0.01, 0.05, 0.3)):
        arguments = {"num_bins": bins, "epsilon": epsilon}
        name = f"Discretization:{bins},{epsilon}"
        add(name, "Discretization", arguments, [wide[:40]], adapt=wide)
        add(
            f"{name},updates", "Discretization", arguments, [wide[:40]], updates=[wide[:300], wide[300:310], wide[310:]]
        )
    for name, data in {"line": np.arange(10.0), "same": np.ones(9), "nan": np.array([1, np.nan, 2, 3])}.items():
        add(f"Discretization:{name}", "Discretization", {"num_bins": 4}, [wide[:20]], adapt=data)


def normalizations():
    draw = Draw(6)
    table, cube = draw.real(6, 3) * 4 + 7, draw.real(4, 3, 2) * 2
    settings = {
        "last": ({}, table),
        "none": ({"axis": None}, table),
        "first": ({"axis": 0}, table),
        "second": ({"axis": 1}, table),
        "cube": ({}, cube),
        "cube,1": ({"axis": 1}, cube),
        "cube,both": ({"axis": (1, 2)}, cube),
        "cube,minus": ({"axis": (-1, 1)}, cube),
        "constant": ({}, table * 0 + 3),
        "vector": ({"axis": None}, table[:, 0]),
    }
    for (name, (arguments, data)), invert in itertools.product(settings.items(), (False, True)):
        arguments = {**arguments, "invert": invert}
        add(f"Normalization:{name},{invert}", "Normalization", arguments, [data, data * 2], adapt=data)
    for name, mean, variance in (("numbers", 3.0, 4.0), ("vectors", [1.0, 2.0, 3.0], [4.0, 9.0, 0.0])):
        for invert in (False, True):
            arguments = {"mean": mean, "variance": variance, "invert": invert}
            add(f"Normalization:{name},{invert}", "Normalization", arguments, [table])


def feature_spaces():
    table = {
        "price": [1.5, 2.5, 8.0, 4.0, 2.0], "size": [3.0, 1.0, 2.0, 9.0, 4.0], "code": [7, 8, 7, 9, 7],
        "kind": ["x", "y", "x", "z", "y"], "shop": ["p", "q", "p", "r", "s"], "zone": [3, 4, 5, 3, 11],
    }  # fmt: skip
    by_name = {
        "price": "float_normalized", "size": "float_discretized", "code": "integer_categorical",
        "kind": "string_categorical", "shop": "string_hashed", "zone": "integer_hashed",
    }  # fmt: skip
    made = {
        "price": ["float_rescaled", {"scale": 2.0, "offset": 1.0}],
        "size": ["float_discretized", {"num_bins": 3, "bin_boundaries": None}],
        "code": ["integer_categorical", {"max_tokens": 3, "num_oov_indices": 2}],
        "kind": ["string_categorical", {"num_oov_indices": 2}],
        "shop": ["string_hashed", {"num_bins": 4}],
        "zone": ["integer_hashed", {"num_bins": 3}],
    }
    as_numbers = {
        "price": ["float", {}],
        "size": ["float_discretized", {"num_bins": 3, "output_mode": "int"}],
        "code": ["integer_categorical", {"output_mode": "int"}],
        "kind": ["string_categorical", {"output_mode": "int"}],
        "shop": ["string_hashed", {"num_bins": 4, "output_mode": "int"}],
        "zone": ["integer_hashed", {"num_bins": 3, "output_mode": "int"}],
    }
    cross = [("kind", "code"), {"feature_names": ("shop", "zone"), "crossing_dim": 6}]
    dims = {"crossing_dim": 7, "hashing_dim": 6, "num_discretization_bins": 3}
    as_dict = {"output_mode": "dict"}
    number = {"feature_names": ("kind", "code"), "crossing_dim": 9, "output_mode": "int"}
    yield {"name": "by name", "features": by_name, "table": table, "settings": {"output_mode": "dict", **dims}}
    yield {"name": "by name, one", "features": by_name, "table": table, "settings": dims, "crosses": cross[:1]}
    yield {"name": "made", "features": made, "table": table, "settings": {"output_mode": "dict"}, "crosses": cross}
    yield {"name": "made, one", "features": made, "table": table, "crosses": cross}
    yield {"name": "numbers", "features": as_numbers, "table": table, "settings": as_dict, "crosses": [number]}


MADE_BY = {"keras": keras.__version__, "backend": keras.backend.backend(), "tensorflow": tensorflow.__version__}


def write(name, questions, answer):
    writer = store.Writer(name, MADE_BY, FOLDER)
    for question in questions:
        try:
            answers = answer(question)
        except Exception as error:
            print(f"left out: {question['name']}: {type(error).__name__}: {str(error)[:200]}")
            continue
        if "adapt" in question or "updates" in question or "inputs" in question:
            question = {k: text_in_lists(v) for k, v in question.items()}
        writer.add({**question, "answers": answers})
    writer.save()


def text_in_lists(value):
    """Arrays of text as nested lists, which JSON has."""
    if isinstance(value, list):
        return [text_in_lists(v) for v in value]
    if isinstance(value, dict):
        return {k: text_in_lists(v) for k, v in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) and value.dtype.kind in "US" else value


string_lookups()
integer_lookups()
text_vectorizations()
hashes()
encodings()
normalizations()
write("text", cases.values(), ask_text.ask)
write("features", feature_spaces(), ask_text.ask_features)
