"""`python -m keras info | classify | convert | bench`: what is printed, and exit codes."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import layers
from keras.__main__ import main


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A model that tells red from blue, photographs, and names of classes."""
    folder = tmp_path_factory.mktemp("files")
    model = keras.Sequential([keras.Input((2, 2, 3)), layers.GlobalAveragePooling2D(), layers.Dense(2, "softmax")])
    model.layers[-1].set_weights([np.array([[9.0, -9], [0, 0], [-9, 9]]), np.zeros(2)])
    model.save(folder / "colours.keras")
    for name, pixel in (("red", [255, 0, 0]), ("blue", [0, 0, 255])):
        keras.utils.save_img(folder / f"{name}.png", np.full((4, 4, 3), pixel), scale=False)
    (folder / "names.txt").write_text("warm\ncold\n")
    (folder / "no image.png").write_text("text")
    return folder


def ended_with(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code or 0


def test_classify_names_the_classes(files, capsys):
    common = ("--model", files / "colours.keras", "--scale", 255, "--labels", files / "names.txt")
    assert ended_with("classify", files / "red.png", *common, "--top", 1) == 0
    assert capsys.readouterr().out == " 100.00%  warm\n"
    assert ended_with("classify", files / "red.png", files / "blue.png", *common, "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["classes"][0]["class"] for line in lines] == ["warm", "cold"]
    assert len(lines[0]["classes"]) == 2


def test_classify_goes_on_behind_what_it_cannot_read(files, capsys):
    assert ended_with("classify", files / "no image.png", files / "blue.png", "--model", files / "colours.keras") == 1
    told = capsys.readouterr()
    assert "class 1" in told.out
    assert "no image.png" in told.err
    assert ended_with("classify", files / "red.png", "--model", files / "red.png") == 1


def test_classify_says_which_weights_it_needs(files, capsys, monkeypatch):
    def offline(*args, **kwargs):
        raise OSError("vgg16_weights.h5 could not be downloaded")

    monkeypatch.setattr(keras.applications, "VGG16", offline)
    assert ended_with("classify", files / "red.png") == 1
    assert "vgg16_weights.h5 could not be downloaded" in capsys.readouterr().err
    assert ended_with("classify", files / "none.png") == 1
    told = capsys.readouterr().err
    assert "none.png: there is no such file" in told
    assert "downloaded" not in told


def test_a_script_that_is_no_python_is_not_modernized(tmp_path):
    (tmp_path / "broken.py").write_text("x = 1\ndef (")
    assert ended_with("--modernize", tmp_path / "broken.py").endswith("broken.py, line 2: invalid syntax")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["classify"], "PHOTO"),
        (["classify", "a.png", "--model", "vgg99"], "no network of keras.applications called 'vgg99'"),
        (["classify", "a.png", "--top", "0"], "--top must be at least 1"),
        (["convert", "a.h5", "b.txt"], "OUT must end in"),
        (["convert", "a.h5", "no/folder/b.h5"], "there is no folder 'no/folder'"),
        (["bench", "--runs", "0"], "--runs must be at least 1"),
        (["info", "--deep"], "unrecognized arguments: --deep"),
    ],
    ids=["no photo", "no model", "top", "ending", "folder", "runs", "option"],
)
def test_wrong_arguments_end_with_2(arguments, told, capsys):
    assert ended_with(*arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("command", ["bench", "classify", "convert", "info"])
def test_help_has_examples(command, capsys):
    assert ended_with(command, "--help") == 0
    assert f"python -m keras {command}" in capsys.readouterr().out.partition("examples:")[2]


def test_convert_writes_another_form(files, capsys):
    target = files / "colours.h5"
    assert ended_with("convert", files / "colours.keras", target) == 0
    assert "8 parameters" in capsys.readouterr().out
    x = np.ones((1, 2, 2, 3), "float32")
    first, second = (keras.models.load_model(path) for path in (files / "colours.keras", target))
    np.testing.assert_array_equal(first.predict(x, verbose=0), second.predict(x, verbose=0))
    assert ended_with("convert", files / "colours.keras", target) == 2
    assert ended_with("convert", files / "names.txt", files / "other.keras") == 1


def test_convert_puts_a_config_and_weights_together_and_takes_them_apart(files, capsys):
    model = keras.models.load_model(files / "colours.keras")
    (files / "colours.json").write_text(model.to_json(era="2"))
    model.save_weights(files / "of_2.weights.hdf5")
    assert ended_with("convert", files / "colours.json", files / "a.weights.h5") == 2
    assert "name the file that has them with --weights" in capsys.readouterr().err
    assert (
        ended_with(
            "convert", files / "colours.json", files / "together.keras", "--weights", files / "of_2.weights.hdf5"
        )
        == 0
    )
    assert ended_with("convert", files / "together.keras", files / "alone.weights.h5") == 0
    x = np.ones((1, 2, 2, 3), "float32")
    found = keras.models.load_model(files / "together.keras")
    np.testing.assert_array_equal(found.predict(x, verbose=0), model.predict(x, verbose=0))
    found.set_weights([np.zeros_like(w) for w in found.get_weights()])
    found.load_weights(files / "alone.weights.h5")
    np.testing.assert_array_equal(found.get_weights()[0], model.get_weights()[0])
    assert ended_with("convert", files / "together.keras", files / "b.weights.h5", "--era", "2") == 2
    (files / "no model.json").write_text("{}")
    assert (
        ended_with("convert", files / "no model.json", files / "b.keras", "--weights", files / "alone.weights.h5") == 1
    )
    assert "holds no config of a model" in capsys.readouterr().err


def test_convert_takes_a_model_that_is_not_built(tmp_path, capsys):
    keras.Sequential([layers.Dense(2)]).save(tmp_path / "a.keras")
    assert ended_with("convert", tmp_path / "a.keras", tmp_path / "b.keras") == 0
    assert "b.keras: not built yet, " in capsys.readouterr().out


def test_info_writes_one_object_per_file_and_tells_the_era(files, capsys):
    keras.models.load_model(files / "colours.keras").save(files / "of_2.h5", era="2")
    shutil.unpack_archive(Path(__file__).parents[1] / "golden" / "folders" / "nested.zip", files / "folder")
    found = {}
    for name in ("colours.keras", "of_2.h5", "folder/model"):
        assert ended_with("info", files / name, "--json") == 0
        found[name] = json.loads(capsys.readouterr().out)
    assert {name: (one["era"], one["parameters"]) for name, one in found.items()} == {
        "colours.keras": ("3", 8), "of_2.h5": ("2", 8), "folder/model": ("tf2", 47),
    }  # fmt: skip
    assert [layer["class"] for layer in found["of_2.h5"]["layers"]] == ["GlobalAveragePooling2D", "Dense"]
    assert ended_with("info", "--json") == 0
    assert json.loads(capsys.readouterr().out)["settings"].startswith("float32")
    assert ended_with("info", files / "names.txt", files / "colours.keras") == 1
    told = capsys.readouterr()
    assert "names.txt is no file of a model" in told.err
    assert "parameters 8" in told.out


def test_info_tells_configs_and_weights_apart_and_whose_they_are(tmp_path, capsys):
    cells = keras.Sequential([keras.Input((5, 2)), layers.LSTM(3, name="memory")], name="inner")
    model = keras.Sequential([keras.Input((5, 2)), cells, layers.Dropout(0.5), layers.Dense(1)])
    model.save(tmp_path / "whole.keras")
    model.save(tmp_path / "whole.safetensors")
    model.save_weights(tmp_path / "parts.weights.json", max_shard_size=2e-7)
    (tmp_path / "config.json").write_text(model.to_json())
    (tmp_path / "of_2.json").write_text(model.to_json(era="2"))
    shutil.unpack_archive(Path(__file__).parents[1] / "golden" / "folders" / "nested.zip", tmp_path / "folder")
    found = {}
    for name in (
        "whole.keras", "whole.safetensors", "parts.weights.json", "config.json", "of_2.json",
        "folder/model/variables/variables",
    ):  # fmt: skip
        assert ended_with("info", tmp_path / name, "--json") == 0
        found[name] = json.loads(capsys.readouterr().out)
    assert len(list(tmp_path.glob("parts_*.h5"))) > 1
    assert {name: (one.get("era"), one.get("parameters")) for name, one in found.items()} == {
        "whole.keras": ("3", 76), "whole.safetensors": ("3", 76), "parts.weights.json": (None, 76),
        "config.json": ("3", None), "of_2.json": ("2", None), "folder/model/variables/variables": (None, 47),
    }  # fmt: skip
    for name in ("whole.keras", "whole.safetensors"):
        assert [layer["parameters"] for layer in found[name]["layers"]][-3:] == [72, 0, 4]
    assert [layer["class"] for layer in found["of_2.json"]["layers"]][-2:] == ["Dropout", "Dense"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.json", '{"class_name": ', "a.json is refused: at its text"),
        ("a.json", '{"weights": []}', "a.json holds no config of a model and no list of weights"),
        ("a.weights.json", '{"weight_map": {"layers": "/etc/passwd"}}', "'/etc/passwd' is no file beside it"),
        ("a.h5", "", "a.h5 is no file of a model"),
        ("a.index", "", "it does not end as such a table does"),
        ("other", None, "there is no file or folder"),
    ],
    ids=["broken", "other", "elsewhere", "empty", "checkpoint", "none"],
)
def test_info_says_what_is_wrong_with_a_file(name, text, told, tmp_path, capsys):
    if text is not None:
        (tmp_path / name).write_text(text)
    assert ended_with("info", tmp_path / name) == 1
    assert told in capsys.readouterr().err


def test_info_shows_what_steers_a_terminal_as_letters(tmp_path, capsys):
    (tmp_path / "a.json").write_text(
        '{"class_name": "Model", "config": {"layers": [{"name": "\\u001b[2Jé", "class_name": "Dense"}]}}'
    )
    assert ended_with("info", tmp_path / "a.json") == 0
    assert "    \\x1b[2Jé  Dense\n" in capsys.readouterr().out


def test_files_may_stand_before_and_behind_options(files, capsys):
    assert ended_with("info", files / "colours.keras", "--json", files / "colours.keras") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    common = ("--model", files / "colours.keras", "--json")
    assert ended_with("classify", files / "red.png", *common, files / "blue.png") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_the_terminal_cannot_write_is_written_as_numbers(files, monkeypatch):
    shutil.copy(files / "colours.keras", files / "Größe.keras")
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii"))
    assert ended_with("info", files / "Größe.keras") == 0
    assert rb"Gr\xf6\xdfe.keras: .keras archive" in written.getvalue()


@pytest.mark.parametrize(
    "command", [["classify", "red.png", "red.png", "red.png", "--model"], ["info"]], ids=lambda c: c[0]
)
def test_a_reader_that_ends_early_is_no_error(files, command):
    code = f"from keras.__main__ import main; main([*{command!r}, 'colours.keras'])"
    run = subprocess.Popen(
        [sys.executable, "-c", code], cwd=files, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    run.stdout.close()
    told = run.stderr.read()
    run.stderr.close()
    assert run.wait() == 141
    assert "Traceback" not in told
