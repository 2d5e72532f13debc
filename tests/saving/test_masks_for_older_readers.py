"""Models whose masks Keras 1 and 2 refuse: `save(era=...)` says so."""

import warnings

import pytest

import keras
from keras import layers


def described(era, *stack):
    start = [keras.Input((4,), dtype="int32"), layers.Embedding(5, 3, mask_zero=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the layers themselves say, when the mask ends
        model = keras.Sequential([*start, *stack])
    return model.to_json(era=era)


def test_a_mask_that_reaches_a_layer_which_refused_it_is_told():
    for stack in (
        [layers.Flatten(name="f")],
        [layers.Dropout(0.1), layers.Conv1D(2, 2, name="f"), layers.MaxPooling1D()],
        [keras.Sequential([keras.Input((4, 3)), layers.Dense(2), layers.Flatten(name="f")])],
        [layers.SimpleRNN(2, return_sequences=True), layers.Permute((2, 1), name="f")],
    ):
        with pytest.warns(UserWarning, match=r"a mask reaches f \(\w+\), where Keras 2\.3\.1 refuses one") as told:
            described("2", *stack)
        assert len(told) == 1
    with pytest.raises(ValueError, match=r"a mask reaches d \(Dense\), where Keras 1\.2\.2 refuses one"):
        described("1", layers.SimpleRNN(2, return_sequences=True), layers.Dense(2, name="d"))


def test_a_mask_that_has_ended_or_is_taken_is_nothing_to_tell():
    described("2", layers.Dense(2), layers.GlobalAveragePooling1D(), layers.Reshape((2, 1)))
    described("2", layers.Bidirectional(layers.SimpleRNN(2)), layers.RepeatVector(3), layers.Flatten())
    described("1", layers.Activation("tanh"), layers.SimpleRNN(2), layers.Dense(2))


def test_masks_are_followed_through_shared_layers_and_several_inputs():
    words, others = keras.Input((4,), dtype="int32"), keras.Input((4,), dtype="int32")
    masked, plain = layers.Embedding(5, 3, mask_zero=True)(words), layers.Embedding(5, 3)(others)
    shared = layers.Dense(3)
    ends = layers.Flatten(name="plain_end")(shared(plain))
    stays = layers.SimpleRNN(2)(layers.Add()([shared(masked), plain]))
    keras.Model([words, others], [ends, stays]).to_json(era="2")
    with pytest.warns(UserWarning, match="does not support masking"):
        both = layers.Reshape((24,), name="end")(layers.Concatenate(axis=1)([plain, shared(masked)]))
    with pytest.warns(UserWarning, match=r"a mask reaches end \(Reshape\)"):
        keras.Model([words, others], both).to_json(era="2")
