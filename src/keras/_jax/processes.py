"""Several processes as one program: how they find each other, and what they tell each other outside of programs."""

from __future__ import annotations

import atexit
import json
import socket
from collections import Counter
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

from keras._core import processes, random_state, watch

try:  # not public
    from jax._src import distributed
except ImportError:
    distributed = None  # type: ignore[assignment]


def join(address: str | None, count: int | None, number: int | None, patience: float, timeout: float) -> None:
    """Joins this process with the others of a job; None lets JAX find out.

    Args:
        address: host and port of the first process.
        count: how many there are.
        number: the number of this one.
        patience: seconds after which a silent process counts as lost.
        timeout: seconds to wait for the others at the beginning.
    """
    if not jax.distributed.is_initialized():
        # JAX's own time-out comes after ours, which says more
        jax.distributed.initialize(
            address, count, number, initialization_timeout=int(timeout), heartbeat_timeout_seconds=int(patience) + 30
        )
    take_part(patience)


def take_part(patience: float = watch.PATIENCE) -> None:
    """Makes known here what the runtime knows of the job, however it was joined; all processes begin with one seed."""
    if jax.process_count() == 1 or processes.count() > 1:
        return
    processes.join(jax.process_index(), jax.process_count(), _tell, _AfterFirst(_client(), patience))
    same_random_state()
    client = _client()
    if client is not None:
        watch.begin(_Board(client), socket.gethostname(), patience)
        atexit.register(watch.leave)  # after JAX has registered its own, and so called before it


def same_random_state() -> None:
    """Gives the generators of all processes the state that those of the first have; all have to call this."""
    random_state.put(_unpacked(_tell(_packed(random_state.take()))))


def of_all(values: Any) -> np.ndarray:
    """(processes, ...): a small array of every process, which all of them call this with."""
    return np.asarray(multihost_utils.process_allgather(np.asarray(values))).reshape(-1, *np.shape(values))


def whole(value: Any) -> np.ndarray:
    """The value on the host; where it is divided among processes, all of them have to call this."""
    if not isinstance(value, jax.Array) or value.is_fully_addressable or value.is_fully_replicated:
        return np.asarray(value)
    return np.asarray(multihost_utils.process_allgather(value, tiled=True))


def spread(value: Any, where: jax.sharding.Sharding) -> jax.Array:
    """A value that every process has, or that they have together, on devices of all of them."""
    if isinstance(value, jax.Array) and not value.is_fully_addressable:
        return value if value.sharding == where else jax.device_put(value, where)
    host = np.asarray(value)
    return jax.make_array_from_callback(host.shape, where, lambda index: host[index])


class _Board:
    """The table of texts that the processes of JAX share."""

    def __init__(self, client: Any):
        self._client = client

    def put(self, number: int, text: str) -> None:
        """Writes this process's text."""
        self._client.key_value_set(f"kerata/{number}", text, allow_overwrite=True)

    def all(self) -> dict[int, str]:
        """What all have written, by their numbers."""
        return {int(key.rpartition("/")[2]): text for key, text in self._client.key_value_dir_get("kerata/")}


class _AfterFirst:
    """Lets what the first process does with a file be done before the others go on, which may read it.

    The first one never waits, so that a program may do something with a file in that process alone.

    Args:
        client: JAX's table.
        patience: seconds after which it is gone on without the first process.
    """

    def __init__(self, client: Any, patience: float):
        self._client, self._patience = client, patience
        self._times: Counter[str] = Counter()

    def __call__(self, name: str) -> None:
        """In the first process says that `name` is done once more; the others wait for that."""
        if self._client is None:
            return
        self._times[name] += 1
        key = f"kerata-files/{name}/{self._times[name]}"
        if processes.is_first():
            self._client.key_value_set(key, "")
            return
        try:
            self._client.blocking_key_value_get(key, int(1000 * self._patience))
        except Exception:  # of a kind of jaxlib's own
            watch.say(
                f"Process {processes.number()} saved {name!r}, which the first process has not done for "
                f"{self._patience:g} s. Files are written by the first process alone."
            )


def _client() -> Any:
    """JAX's connection to its table, which is not public; None where it has moved."""
    found = None if distributed is None else getattr(distributed.global_state, "client", None)
    used = ("key_value_set", "key_value_dir_get", "blocking_key_value_get")
    return found if all(hasattr(found, name) for name in used) else None


def _tell(content: bytes) -> bytes:
    """What the first process calls it with, in all of them."""
    size = int(multihost_utils.broadcast_one_to_all(np.int32(len(content))))
    given = np.zeros((size,), "uint8")
    if processes.is_first():
        given[:] = np.frombuffer(content, "uint8")
    return np.asarray(multihost_utils.broadcast_one_to_all(given)).astype("uint8").tobytes()


def _packed(state: dict[str, Any]) -> bytes:
    kind, keys, *rest = state["numpy"]
    version, numbers, spare = state["python"]
    torch = state["torch"].tobytes().hex() if "torch" in state else None
    return json.dumps([[kind, keys.tolist(), *rest], [version, numbers.tolist(), spare], torch]).encode()


def _unpacked(content: bytes) -> dict[str, Any]:
    of_numpy, of_python, of_torch = json.loads(content)
    found = {"numpy": of_numpy, "python": of_python}
    return found if of_torch is None else {**found, "torch": np.frombuffer(bytes.fromhex(of_torch), "uint8")}
