"""History as a frame, as pictures, in a notebook and at the prompt."""

import numpy as np
import pytest

import keras


@pytest.fixture(scope="module")
def history():
    x = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model.fit(x, y, epochs=4, verbose=0, validation_data=(x, y), validation_freq=2)


def test_the_record_as_a_frame_and_as_pictures(history):
    frame = history.to_frame()
    assert list(frame.columns) == ["loss", "val_loss"]
    assert frame.index.tolist() == [0, 1, 2, 3]
    assert frame["val_loss"].isna().tolist() == [True, False, True, False]
    ax = history.plot()
    assert [line.get_label() for line in ax.lines] == ["loss", "val_loss"]
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3, 4]
    assert history.plot("loss", ax=ax) is ax
    with pytest.raises(ValueError, match="there is no acc"):
        history.plot("acc")
    with pytest.raises(ValueError, match="there is no value"):
        keras.callbacks.History().plot()


def test_the_record_in_a_notebook_and_at_the_prompt(history):
    text = history._repr_html_()
    assert text.count("<tr>") == 5
    assert "<th>val_loss</th>" in text
    assert repr(history).startswith("<History: 4 epochs, loss=")
    assert repr(keras.callbacks.History()) == "<History: 0 epochs>"
