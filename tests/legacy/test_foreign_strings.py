"""`tf.strings` under `python -m keras`: what TensorFlow 2.21 gives."""

import numpy as np
import pytest

from keras import layers
from keras.legacy import foreign, foreign_strings

TEXTS = ["  Hello, World! ÄÖ ", "a<br />b\tC", ""]
PAIRS = [["a", "b"], ["c", "d"]]

CALLS = [
    ("lower", (TEXTS,), {}, ["  hello, world! ÄÖ ", "a<br />b\tc", ""]),
    ("lower", (TEXTS[:1],), {"encoding": "utf-8"}, ["  hello, world! äö "]),
    ("upper", (TEXTS,), {}, ["  HELLO, WORLD! ÄÖ ", "A<BR />B\tC", ""]),
    ("strip", (TEXTS,), {}, ["Hello, World! ÄÖ", "a<br />b\tC", ""]),
    ("regex_replace", (TEXTS, r"[,!<>/]", ""), {}, ["  Hello World ÄÖ ", "abr b\tC", ""]),
    ("regex_replace", (TEXTS[:1], "(l+)", r"<\1\0>"), {}, ["  He<llll>o, Wor<ll>d! ÄÖ "]),
    ("regex_replace", (TEXTS[:1], "l", "L"), {"replace_global": False}, ["  HeLlo, World! ÄÖ "]),
    ("regex_full_match", (["abc", "ab"], "ab."), {}, [True, False]),
    ("length", (TEXTS,), {}, [21, 10, 0]),
    ("length", (TEXTS,), {"unit": "UTF8_CHAR"}, [19, 10, 0]),
    ("substr", (["hello", "world"], -3, 2), {}, ["ll", "rl"]),
    ("substr", (["hello", "world"], [1, 2], [2, 1]), {}, ["el", "r"]),
    ("join", (PAIRS,), {"separator": "-"}, ["a-c", "b-d"]),
    ("join", (["[start] ", ["x", "y"], " [end]"],), {}, ["[start] x [end]", "[start] y [end]"]),
    ("reduce_join", (PAIRS,), {"axis": 1, "separator": " "}, ["a b", "c d"]),
    ("reduce_join", (PAIRS,), {"axis": 0, "keepdims": True}, [["ac", "bd"]]),
    ("split", ("a b  c",), {}, ["a", "b", "c"]),
    ("split", (["a b  c", "d"],), {}, [["a", "b", "c"], ["d"]]),
    ("split", ("a,b,,c",), {"sep": ","}, ["a", "b", "", "c"]),
    ("unicode_split", (["äb", "c"], "UTF-8"), {}, [["ä", "b"], ["c"]]),
    ("to_number", (["1.5", b"-2"],), {}, [1.5, -2.0]),
    ("as_string", ([1.5, 2.0],), {}, ["1.500000", "2.000000"]),
    ("as_string", ([True, False],), {}, ["true", "false"]),
]


@pytest.mark.parametrize(("name", "args", "kwargs", "wanted"), CALLS)
def test_texts_are_computed_on_the_host(name, args, kwargs, wanted):
    found = foreign.name_in("tensorflow.strings", name)(*args, **kwargs)
    assert (found.tolist() if isinstance(found, np.ndarray) else found) == wanted


def test_sentences_are_standardized_by_it():
    def standardized(texts):
        return foreign_strings.regex_replace(foreign_strings.lower(texts), "<br />", " ")

    layer = layers.TextVectorization(standardize=standardized, output_sequence_length=3)
    layer.adapt(["Hello<br />there", "there"])
    assert layer.get_vocabulary() == ["", "[UNK]", "there", "hello"]
    assert np.asarray(layer(["THERE hello"])).tolist() == [[2, 3, 0]]


def test_numbers_are_no_texts():
    with pytest.raises(TypeError, match="expected texts, got an array of int64"):
        foreign_strings.lower([1, 2])
