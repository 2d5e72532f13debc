"""The logs of every epoch, sent to a server."""

import http.client
import json
import urllib.parse
import urllib.request
import warnings

import numpy as np

from keras._core import processes
from keras.callbacks._callback import Callback

TIMEOUT = 10  # seconds; a server that does not answer must not hold training up


class RemoteMonitor(Callback):
    """Posts the logs of every epoch, with `epoch` among them, to a server; what goes wrong there is a warning.

    Args:
        root: the server, such as 'http://localhost:9000'.
        path: the path there.
        field: the field of a form that gets the logs as JSON.
        headers: dict of headers to send.
        send_as_json: True sends the logs as JSON themselves instead of in a form.

    >>> callback = keras.callbacks.RemoteMonitor("http://localhost:9000")
    """

    def __init__(
        self,
        root="http://localhost:9000",
        path="/publish/epoch/end/",
        field="data",
        headers=None,
        send_as_json=False,
    ):
        if urllib.parse.urlsplit(root).scheme not in ("http", "https"):
            raise ValueError(f"RemoteMonitor: `root` must begin with http:// or https://. Got {root!r}.")
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch, logs=None):
        """Sends the logs; of several processes the first one does."""
        if not processes.is_first():
            return
        sent = {"epoch": epoch, **{name: _plain(value) for name, value in (logs or {}).items()}}
        text = json.dumps(sent)
        if self.send_as_json:
            body, kind = text, "application/json"
        else:
            body, kind = urllib.parse.urlencode({self.field: text}), "application/x-www-form-urlencoded"
        request = urllib.request.Request(
            self.root + self.path, data=body.encode(), headers={"Content-Type": kind, **(self.headers or {})}
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):
                pass
        except (OSError, ValueError, http.client.HTTPException) as error:
            warnings.warn(f"RemoteMonitor: could not reach {self.root}: {error}.", stacklevel=2)


def _plain(value):
    return np.asarray(value).tolist() if hasattr(value, "dtype") else value
