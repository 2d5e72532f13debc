"""What goes wrong while files are written: kills, full disks, other writers, folders that take nothing, odd names."""

import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import keras
from keras import layers
from keras.saving import _atomic

SCRIPT = pathlib.Path(__file__).with_name("writing_under_attack.py")
ROUNDS = os.environ.get("KERATA_KILLS", "15")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="copies processes, which this system cannot")


def small(value=0.0):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(2, name="last")])
    model.set_weights([np.full(w.shape, value) for w in model.get_weights()])
    return model


def values_of(model):
    return sorted({float(v) for w in model.get_weights() for v in np.unique(w)})


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the process that is killed, disturbed and stopped by a full disk found."""
    source = str(pathlib.Path(keras.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), ROUNDS], cwd=tmp_path_factory.mktemp("faults"), text=True,
        capture_output=True, env={**os.environ, "PYTHONPATH": source}, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@needs_fork
def test_a_process_that_is_killed_while_it_saves_leaves_the_earlier_or_the_new_file(told):
    assert len(told["killed"]) == int(ROUNDS)
    assert [(name, value) for name, value in told["killed"] if value not in (0.0, 1.0)] == []
    assert told["saves"] > 0  # it did save, and was not killed before


@needs_fork
def test_what_a_kill_left_behind_goes_with_the_next_file_in_that_folder(told):
    assert told["left after the next save"] == []


@needs_fork
@pytest.mark.parametrize("name", ["m.keras", "folder"])
def test_two_processes_that_save_to_one_path_leave_one_whole_file_and_readers_see_only_whole_ones(told, name):
    assert len(told["two"][name]) == 7
    assert [value for value in told["two"][name] if value not in (0.0, 1.0)] == []


@needs_fork
def test_a_full_disk_is_an_error_and_leaves_the_earlier_file_in_every_format(told):
    assert [name for name, said, value in told["full"] if (said, value) != ("OSError", 0.0)] == []
    assert len(told["full"]) == 5
    assert told["parts at the end"] == []


# --- what is left behind


def old(path):
    os.utime(path, (0, 0))
    return path


def test_only_what_nobody_writes_any_more_is_removed(in_folder):
    left = in_folder / ".kerata-aa.part"
    left.write_text("half")
    old(left)
    folder = in_folder / ".kerata-bb.part"
    folder.mkdir()
    (folder / "config.json").write_text("{")
    old(folder)
    young = in_folder / ".kerata-cc.part"
    young.write_text("just begun")
    other = in_folder / "notes.part"
    other.write_text("not ours")
    old(other)
    with _atomic.written_atomically("one.txt") as mine:
        pathlib.Path(mine).write_text("1")
        old(mine)
        with _atomic.written_atomically("two.txt") as second:  # another writer meets the first one's file
            pathlib.Path(second).write_text("2")
    assert sorted(os.listdir()) == [young.name, "notes.part", "one.txt", "two.txt"]


# --- where to write


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that takes no files, from anybody")
@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.safetensors", "m.weights.h5", "m"])
def test_a_folder_that_takes_no_files_is_an_error_that_names_the_file(name):
    path = f"/proc/self/{name}"
    with pytest.raises(OSError, match="takes no files") as error:
        small().save_weights(path) if "weights" in name else small().save(path, zipped=None if "." in name else False)
    assert path in str(error.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write into every folder")
def test_a_read_only_folder_keeps_its_file(in_folder):
    os.mkdir("closed")
    small().save("closed/m.keras")
    before = pathlib.Path("closed/m.keras").read_bytes()
    os.chmod("closed", 0o500)
    try:
        with pytest.raises(PermissionError, match="takes no files"):
            small(1.0).save("closed/m.keras")
        assert pathlib.Path("closed/m.keras").read_bytes() == before
        assert os.listdir("closed") == ["m.keras"]
        keras.models.load_model("closed/m.keras")
    finally:
        os.chmod("closed", 0o700)


@pytest.mark.parametrize("name", ["Gewichte ü.weights.h5", "веса.h5", "重み.safetensors", "m'\"$(x).weights.h5"])
def test_weights_go_to_names_in_any_script_and_to_paths(in_folder, name):
    place = pathlib.Path("ordner_é") / name
    place.parent.mkdir()
    small(2.0).save_weights(place)
    found = small()
    found.load_weights(place)
    assert values_of(found) == [2.0]
    assert os.listdir(place.parent) == [name]


def test_bytes_and_open_files_take_a_model_from_where_they_stand(in_folder):
    data = io.BytesIO()
    small(3.0).save(data)
    assert values_of(keras.models.load_model(data)) == [3.0]
    with open("m.keras", "wb") as file:
        small(4.0).save(file)
    with open("m.keras", "rb") as file:
        assert values_of(keras.models.load_model(file)) == [4.0]
    with pytest.raises(ValueError, match="the file is no file of a model"):
        keras.models.load_model(io.BytesIO(b"nothing of the kind"))


# --- replacing


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("answer", "replaced"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)])
@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.safetensors", "m.weights.h5", "folder"])
def test_who_sits_at_a_terminal_is_asked_before_a_file_is_replaced(in_folder, monkeypatch, name, answer, replaced):
    def save(model, **kwargs):
        if "weights" in name:
            model.save_weights(name, **kwargs)
        else:
            model.save(name, zipped=False if name == "folder" else None, **kwargs)

    save(small(0.0))
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    with contextlib.nullcontext() if replaced else pytest.raises(FileExistsError, match="was not replaced"):
        save(small(1.0), overwrite=False)
    found = small(5.0)
    if "weights" in name:
        found.load_weights(name)
    else:
        found = keras.models.load_model(name)
    assert values_of(found) == [float(replaced)]


# --- while training goes on


def test_a_model_that_another_thread_trains_is_saved_as_it_was_at_one_moment(in_folder):
    """All layers lose the same in every step, so that at each moment their numbers are the same."""

    class Sum(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = [layers.Dense(1, use_bias=False) for _ in range(12)]

        def call(self, x):
            return sum(part(x) for part in self.parts)

    model = Sum()
    model.build((None, 1))
    model.set_weights([np.zeros((1, 1))] * 12)
    model.compile("sgd", lambda y, p: p)
    x = np.ones((64, 1), "float32")
    stop = threading.Event()

    def train():
        while not stop.is_set():
            model.fit(x, x, batch_size=1, verbose=0)

    model.fit(x, x, batch_size=1, verbose=0)
    thread = threading.Thread(target=train)
    thread.start()
    try:
        kinds, end, moments = ["m.weights.h5", "m.safetensors", "m.h5"], time.monotonic() + 1.0, set()
        while time.monotonic() < end or len(moments) < 3:
            for name in kinds:
                model.save_weights(name)
                found = Sum()
                found.build((None, 1))
                found.load_weights(name)
                values = {float(w[0, 0]) for w in found.get_weights()}
                assert len(values) == 1, values
                moments |= values
    finally:
        stop.set()
        thread.join()
    assert min(moments) < 0
