"""Masks before Keras 3: what 1.2.2, 2.2.4, 2.3.1 and tf_keras 2.21 give."""

import numpy as np
import pytest

import keras
from keras import layers
from keras.legacy import era

WORDS = np.array([[1, 1, 0, 0], [1, 0, 2, 1]])
OTHERS = np.array([[1, 0, 1, 0], [0, 0, 2, 1]])
LETTERS = np.array([[[1, 0], [0, 2], [0, 0]]])


@pytest.fixture
def in_era():
    yield era.set_era
    era.set_era("3")


def mask_of(x):
    found = getattr(x, "_keras_mask", None)
    return None if found is None else np.asarray(found).astype(int).tolist()


def embedded(numbers):
    return layers.Embedding(5, 3, mask_zero=True)(numbers)


@pytest.mark.parametrize("year", ["1", "2.2", "2", "tf2"])
def test_merged_steps_count_where_all_inputs_have_them(in_era, year):
    in_era(year)
    words, others = embedded(WORDS), embedded(OTHERS)
    plain = np.ones((2, 4, 3), "float32")
    both = [[1, 0, 0, 0], [0, 0, 1, 1]]
    for layer in (layers.Add(), layers.Multiply(), layers.Maximum(), layers.Average(), layers.Concatenate()):
        assert mask_of(layer([words, others])) == both
        assert mask_of(layer([words, plain])) == mask_of(words)
    assert mask_of(layers.Concatenate(axis=1)([words, others]))[0] == [1, 1, 0, 0, 1, 0, 1, 0]
    np.testing.assert_array_equal(layers.multiply([words, others]), words * others)
    np.testing.assert_array_equal(layers.maximum([words, others]), np.maximum(words, others))


@pytest.mark.parametrize("year", ["2.2", "2", "tf2"])
def test_time_distributed_asks_the_layer_inside_for_masks(in_era, year):
    in_era(year)
    vectors = layers.TimeDistributed(layers.Embedding(5, 3, mask_zero=True))(LETTERS)
    assert mask_of(vectors) == [[[1, 0], [0, 1], [0, 0]]]
    assert mask_of(layers.TimeDistributed(layers.LSTM(2, return_sequences=True))(vectors)) == mask_of(vectors)
    words = layers.TimeDistributed(layers.Bidirectional(layers.LSTM(2)))(vectors)
    assert mask_of(words) == [[1, 1, 0]]  # the last word has no letter
    assert not np.any(words[0, 2])
    assert mask_of(layers.TimeDistributed(layers.Dense(2))(words)) == [[1, 1, 0]]
    with pytest.raises(TypeError, match="does not support masking"):
        layers.TimeDistributed(layers.Flatten())(vectors)


def test_programs_are_not_shared_by_models_of_different_eras(in_era):
    found = []
    for year in ("3", "2", "3"):
        in_era(year)
        x, y = keras.Input((4,)), keras.Input((4,))
        model = keras.Model([x, y], layers.LSTM(2)(layers.Add()([embedded(x), embedded(y)])))
        model.set_weights([np.full(w.shape, 0.1) for w in model.get_weights()])
        found.append(model.predict([WORDS, OTHERS], verbose=0)[0, 0])
    assert found[0] == found[2] != found[1]


def test_tf_keras_said_nothing_of_masks_that_end(in_era, recwarn):
    class Sizes(layers.Layer):
        def call(self, x, mask=None):
            return x * 2

    in_era("tf2")
    assert mask_of(Sizes()(embedded(WORDS))) is None
    assert [str(w.message) for w in recwarn] == []
    in_era("3")
    with pytest.warns(UserWarning, match="does not support masking"):
        Sizes()(embedded(WORDS))
