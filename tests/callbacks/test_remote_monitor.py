"""RemoteMonitor: what a server is sent, and what is said where there is none."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

import keras


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
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=2, verbose=0, callbacks=[callback])
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
