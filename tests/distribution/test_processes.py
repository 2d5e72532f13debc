"""Several processes that train one model, joined over this machine's own network."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import keras
from distribution.several_processes import PATIENCE, ended, results
from keras._core import processes, watch
from keras._jax import processes as joined
from keras.distribution import _processes


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return results(tmp_path_factory.mktemp("alone"), "alone", 1)[0][0]


def made_by_all(found):
    return [number for one in found for number in one["made"]]


def assert_all_differ(drawn):
    """No process draws what another draws."""
    drawn = [set(numbers) for numbers in drawn]
    assert len(set.union(*drawn)) == sum(map(len, drawn))


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.slow
def test_processes_give_what_one_gives_each_reads_its_rows_and_one_writes(tmp_path, alone, count):
    found, outputs = results(tmp_path, "together", count)
    for one in found:
        for name in ("trained", "evaluated", "masked"):
            for got, expected in zip(one[name], alone[name], strict=True):
                np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-6)
        # one program for chunks of full batches, and one for the smaller last one
        assert one["programs"] == {"train_chunk": 1, "train_step": 1, "test_chunk": 1, "test_step": 1}
    assert len({one["drawn"] for one in found}) == 1
    numbered = [one["numbered"] for one in found]
    for one in numbered:
        for got, expected in zip(one["trained"], alone["numbered"]["trained"], strict=True):
            np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-6)
    # three passes of six batches, the last of them in epochs of four steps: each made by one process
    assert sorted(made_by_all(numbered)) == sorted([*range(6)] * 3)
    assert_all_differ(one["noise"] for one in numbered)
    assert len({one["drawn after"] for one in found}) == 1
    assert sorted(row for one in found for row in one["read"]) == list(range(16))  # nobody reads what another reads
    assert {len(one["read"]) for one in found} == {16 // count}
    for one in found:
        for got, expected in zip(one["mapped"]["trained"], alone["mapped"]["trained"], strict=True):
            np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-6)
    # two passes, and each row made once in each: by one process
    assert sorted(made_by_all([one["mapped"] for one in found])) == sorted(alone["mapped"]["made"])
    assert {len(one["mapped"]["made"]) for one in found} != {len(alone["mapped"]["made"])}
    if "loaded" in alone:
        for one in found:
            for got, expected in zip(one["loaded"]["trained"], alone["loaded"]["trained"], strict=True):
                np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-6)
        # four epochs of 22 rows; the three rows at the end once, and by each process that needs to see a batch
        made = made_by_all([one["loaded"] for one in found])
        assert {row: made.count(row) for row in range(3, 22)} == dict.fromkeys(range(3, 22), 4)
        assert_all_differ(one["loaded"]["noise"] for one in found)
    assert "Epoch 2/2" in outputs[0]
    assert not any("Epoch" in output for output in outputs[1:])
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
    assert (tmp_path / "last.keras").is_file()


@pytest.mark.slow
def test_a_process_that_dies_ends_the_others_and_fewer_of_them_go_on_to_the_same_weights(tmp_path, alone):
    codes, outputs = ended(tmp_path, "dies", 2)
    assert codes[1] == -9
    assert codes[0] == 1
    assert "Process 1 (" in outputs[0]
    assert "has ended or does not answer" in outputs[0]
    assert "Start the job again, with as many processes or fewer" in outputs[0]
    (found,), _ = results(tmp_path, "dies", 1)
    for got, expected in zip(found["resumed"], alone["resumed"], strict=True):
        np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-6)


# --- how processes find each other

VARIABLES = {
    "ours": {
        "KERAS_DISTRIBUTION_JOB_ADDRESSES": "a:1,b:1", "KERAS_DISTRIBUTION_NUM_PROCESSES": "3",
        "KERAS_DISTRIBUTION_PROCESS_ID": "2",
    },
    "JAX": {"JAX_COORDINATOR_ADDRESS": "a:1", "JAX_NUM_PROCESSES": "3", "JAX_PROCESS_ID": "2"},
    "torchrun": {"MASTER_ADDR": "a", "MASTER_PORT": "1", "WORLD_SIZE": "3", "RANK": "2"},
}  # fmt: skip


@pytest.mark.parametrize("kind", VARIABLES)
def test_variables_say_where_the_first_process_is(monkeypatch, kind):
    for name, value in VARIABLES[kind].items():
        monkeypatch.setenv(name, value)
    assert _processes.found(None, None, None) == ("a:1", 3, 2)
    assert _processes.found("c:1", 4, 0) == ("c:1", 4, 0)  # arguments count more


SMALL = """
import numpy as np, keras
keras.distribution.initialize()
x = np.array([[1.0], [2.0], [3.0], [4.0]])
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
model.compile(keras.optimizers.SGD(0.1), "mse")
history = model.fit(x, 2 * x, batch_size=4, verbose=2, distribution="auto").history
found = [*history["loss"], *model.get_weights()[0][0]]
print("found", keras._core.processes.number(), len(keras.distribution.list_devices()), *np.round(found, 4).tolist())
"""
FROM_CLUSTERS = {
    "Slurm": lambda number, job: {
        "SLURM_JOB_ID": str(40000 + job), "SLURM_STEP_NODELIST": "localhost", "SLURM_NTASKS": "2",
        "SLURM_PROCID": str(number), "SLURM_LOCALID": str(number), "SLURM_STEP_NUM_NODES": "1",
    },
    "Open MPI": lambda number, job: {
        "OMPI_MCA_orte_hnp_uri": f"{1531576320 + job}.0;tcp://127.0.0.1:34911", "OMPI_COMM_WORLD_SIZE": "2",
        "OMPI_COMM_WORLD_RANK": str(number), "OMPI_COMM_WORLD_LOCAL_RANK": str(number),
    },
}  # fmt: skip


@pytest.mark.parametrize("cluster", ["Slurm", pytest.param("Open MPI", marks=pytest.mark.slow)])
def test_processes_that_a_cluster_starts_find_each_other_and_train_as_one(cluster):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SMALL],
            env={**os.environ, "JAX_PLATFORMS": "cpu", **FROM_CLUSTERS[cluster](number, os.getpid() % 4096)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for number in range(2)
    ]  # fmt: skip
    try:
        outputs = [process.communicate(timeout=PATIENCE)[0] for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    for number, output in enumerate(outputs):
        # the loss is the mean of (2 x)^2, the gradient -4 times the mean of x^2
        assert f"found {number} 2 30.0 3.0" in output, output[-3000:]
        assert ("loss: 30.0" in output) == (number == 0)  # one shows progress


# --- files, which the first process writes


class Table:
    """JAX's table, in memory."""

    def __init__(self):
        self.texts = {}

    def key_value_set(self, key, text):
        assert key not in self.texts
        self.texts[key] = text

    def blocking_key_value_get(self, key, milliseconds):
        if key not in self.texts:
            raise TimeoutError(f"{key} did not come in {milliseconds} ms")
        return self.texts[key]


def test_others_wait_until_the_first_process_has_written_a_file(tmp_path, monkeypatch, capsys):
    table, here = Table(), processes._Here
    of_first, of_second = (joined._AfterFirst(table, 2.5) for _ in range(2))

    def written_by(number, after_first, name):
        monkeypatch.setattr(here, "number", number)
        monkeypatch.setattr(here, "after_first", after_first)
        keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]).save_weights(tmp_path / name)
        return capsys.readouterr().err

    assert not written_by(0, of_first, "a.weights.h5")
    assert not written_by(0, of_first, "a.weights.h5")  # the first never waits
    (tmp_path / "a.weights.h5").unlink()
    assert not written_by(1, of_second, "a.weights.h5")
    assert not written_by(1, of_second, "a.weights.h5")
    told = written_by(1, of_second, "a.weights.h5")
    assert told.startswith("Process 1 saved 'a.weights.h5', which the first process has not done for 2.5 s. Files are")
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        written_by(0, of_first, "missing/b.weights.h5")
    (tmp_path / "missing").mkdir()
    assert not written_by(1, of_second, "missing/b.weights.h5")  # nobody waits for what has failed


# --- who is lost and who is slow


class Board:
    """A board in memory."""

    def __init__(self):
        self.texts = {}

    def put(self, number, text):
        self.texts[number] = text

    def all(self):
        return self.texts


@pytest.fixture
def watching(monkeypatch):
    """A watch of the first of three processes, and what it does when one is lost."""
    monkeypatch.setattr(processes._Here, "count", 3)
    ends = []
    return watch.Watch(Board(), "here", patience=20.0, end=ends.append), ends


def entry(beat, step, doing=watch.COMPUTING, ended=""):
    return json.dumps([beat, step, doing, "there", ended])


def test_a_process_without_a_sign_of_life_is_lost_after_a_while(watching):
    seen, ends = watching
    start = seen._looked
    for second in range(0, 31, 5):
        others = {1: entry(second, second), 2: entry(min(second, 5), 5)}
        seen.take({0: entry(second, second), **others}, start + second)
    assert len(ends) == 1
    assert ends[0].startswith("Process 2 (there) has ended or does not answer: its last sign of life came 25 s ago")


def test_a_process_that_all_others_wait_for_is_named_once(watching, capsys):
    seen, ends = watching
    start = seen._looked
    for second in range(0, 16, 2):
        found = {0: entry(second, 8), 1: entry(second, 7, watch.READING), 2: entry(second, 8)}
        seen.take(found, start + second)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith(
        "Process 1 (there) is slow: it has been reading the data for 12 s after its step 7, and 2 of"
    )
    assert ends == []


def test_a_broken_connection_is_told_as_what_the_other_process_did(watching, monkeypatch):
    seen, _ = watching
    monkeypatch.setattr(watch, "_watch", seen)
    seen.take({1: entry(1, 4, ended="stopped with OSError: disk is full")}, seen._looked)
    with (
        pytest.raises(watch.ProcessLost, match=r"fit: Process 1 \(there\) stopped with OSError: disk is full"),
        watch.reporting("fit"),
    ):
        raise RuntimeError("Gloo all-reduce failed: Connection reset by peer")
    with pytest.raises(KeyError), watch.reporting("fit"):
        raise KeyError("our own")
    assert json.loads(seen.board.texts[0])[4] == "stopped with KeyError: 'our own'"


@pytest.mark.parametrize("number", [0, 1])
def test_who_has_not_looked_for_a_while_blames_nobody_for_it(watching, monkeypatch, number):
    seen, _ = watching
    monkeypatch.setattr(processes._Here, "number", number)
    now = seen._looked
    seen.take({i: entry(1, 4) for i in range(3)}, now)
    seen._looked = seen._answered = now - 100  # a busy machine, on which a connection has broken
    seen._alive = dict.fromkeys(range(3), now - 100)
    seen.patience = 0.5
    assert seen.missing() is None
    seen._looked, seen._answered, seen._alive = now, now, {0: now, 1: now, 2: now - 5}
    assert seen.missing().startswith("Process 2 (there) has ended or does not answer: its last sign of life came 5 s")
    seen._answered, seen._alive = now - 5, dict.fromkeys(range(3), now - 5)  # it looks, and the board is gone
    assert seen.missing() == (None if number == 0 else "The first process of the job has ended or does not answer.")
