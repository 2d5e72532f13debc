import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

import keras

X = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def model_with(optimizer="sgd"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


# --- averages of weights


def averages(model):
    """What the exponential moving average says, by hand."""
    return [np.array(v) for v in model.optimizer._averages]


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_validation_sees_the_averages_and_training_does_not(swap_on_epoch):
    class Looks(keras.callbacks.Callback):
        def __init__(self):
            self.seen = []

        def on_test_batch_end(self, batch, logs=None):
            same = all(np.array_equal(a, w) for a, w in zip(averages(self.model), self.model.get_weights()))
            self.seen.append(("test", same))

        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                same = all(np.array_equal(a, w) for a, w in zip(averages(self.model), self.model.get_weights()))
                self.seen.append(("train", same))

        def on_epoch_end(self, epoch, logs=None):
            same = all(np.array_equal(a, w) for a, w in zip(averages(self.model), self.model.get_weights()))
            self.seen.append(("epoch", same))

    looks = Looks()
    model = model_with(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch)
    model.fit(X, Y, batch_size=8, epochs=2, validation_data=(X, Y), verbose=0, callbacks=[swap, looks])
    assert looks.seen == [("train", False), ("test", True), ("test", True), ("epoch", swap_on_epoch)] * 2
    plain = model_with(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    plain.fit(X, Y, batch_size=8, epochs=2, verbose=0)
    for a, b in zip(model.get_weights(), plain.get_weights()):  # the averages, as `fit` leaves them
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_evaluate_and_predict_see_the_averages():
    model = model_with(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    for i in range(2):
        model.train_on_batch(X[i * 8 : i * 8 + 8], Y[i * 8 : i * 8 + 8])
    swap = keras.callbacks.SwapEMAWeights()
    weights = model.get_weights()
    kernel, bias = averages(model)
    outputs = model.predict(X, verbose=0, callbacks=[swap])
    np.testing.assert_allclose(outputs, X @ kernel + bias, rtol=1e-5)
    loss = model.evaluate(X, Y, verbose=0, callbacks=[swap])
    assert loss == pytest.approx(float(np.mean((X @ kernel + bias - Y) ** 2)), rel=1e-5)
    for a, b in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_without_averages_it_says_how_to_get_them():
    with pytest.raises(ValueError, match="use_ema=True"):
        model_with().fit(X, Y, verbose=0, callbacks=[keras.callbacks.SwapEMAWeights()])


# --- a server that is told


@pytest.fixture
def server():
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((self.path, self.headers["Content-Type"], self.headers.get("X-Key"), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", received
        running.shutdown()
        thread.join()


def test_a_server_gets_the_logs(server):
    root, received = server
    callback = keras.callbacks.RemoteMonitor(root, headers={"X-Key": "k"})
    model_with().fit(X, Y, epochs=2, verbose=0, callbacks=[callback])
    assert [(path, kind, key) for path, kind, key, _ in received] == [
        ("/publish/epoch/end/", "application/x-www-form-urlencoded", "k")
    ] * 2
    sent = json.loads(urllib.parse.parse_qs(received[1][3])["data"][0])
    assert sent["epoch"] == 1
    assert sent["loss"] > 0
    keras.callbacks.RemoteMonitor(root, path="/json", send_as_json=True).on_epoch_end(3, {"loss": np.float32(0.5)})
    assert (received[2][0], json.loads(received[2][3])) == ("/json", {"epoch": 3, "loss": 0.5})


def test_a_server_that_is_not_there_is_a_warning():
    with pytest.warns(UserWarning, match="could not reach http://127.0.0.1:9"):
        keras.callbacks.RemoteMonitor("http://127.0.0.1:9").on_epoch_end(0, {})
    with pytest.warns(UserWarning, match="could not reach http://127.0.0.1:9: nonnumeric port"):
        keras.callbacks.RemoteMonitor("http://127.0.0.1:9", path="no/slash").on_epoch_end(0, {})
    with pytest.raises(ValueError, match="http://"):
        keras.callbacks.RemoteMonitor("file:///etc")


# --- the record


def history_of():
    return model_with().fit(X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=2)


def test_the_record_as_a_frame_and_as_pictures():
    history = history_of()
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


def test_the_record_in_a_notebook_and_at_the_prompt():
    history = history_of()
    text = history._repr_html_()
    assert text.count("<tr>") == 5
    assert "<th>val_loss</th>" in text
    assert repr(history).startswith("<History: 4 epochs, loss=")
    assert repr(keras.callbacks.History()) == "<History: 0 epochs>"
