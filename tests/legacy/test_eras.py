"""Eras: which defaults and looks hold, how a program's year is found, and what stays as it is."""

import contextlib
import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import keras
from keras import layers, optimizers
from keras.legacy import arguments, detect, era
from legacy.test_packages import SOURCE, run, run_script


@pytest.fixture
def set_era():
    """Sets an era for one test."""
    yield era.set_era
    era.set_era(era.TODAY)


def numbers(*shape):
    return ((np.arange(np.prod(shape)).reshape(shape) % 7 - 3) / 4.0).astype("float32")


# --- the setting


@pytest.mark.parametrize(
    ("name", "release", "shown"),
    [
        ("0", "0.3", "0"), ("1", "1.2", "1"), ("1.x", "1.2", "1"), ("1.0.8", "1.0", "1"), ("2", "2.3", "2"),
        ("2.2.4", "2.2", "2"), ("tf2", "tf2.11", "tf2"), ("tf.keras", "tf2.11", "tf2"), ("3", "3", "3"),
        ("0.2", "0.3", "0"), ("2.4.3", "tf2.0", "tf2"), ("tf2.10.1", "tf2.0", "tf2"), ("tf2.15", "tf2.11", "tf2"),
        ("3.15.1", "3", "3"),
    ],
)  # fmt: skip
def test_an_era_has_several_names(set_era, name, release, shown):
    keras.config.set_era(name)
    assert era.current() == release
    assert keras.config.era() == shown


def test_an_unknown_era_is_told():
    with pytest.raises(ValueError, match=r"`era` must be one of '0', '1', '2', 'tf2', '3'.*Got 'many'"):
        keras.config.set_era("many")


def test_the_variable_sets_it():
    code = "import keras; print(keras.config.era(), keras.layers.LSTM(2).recurrent_activation.__module__)"
    for value, wanted in (("1", "1 keras.legacy.activations"), ("", "3 keras.activations._sigmoids")):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=_environment(value))
        assert done.stdout.strip() == wanted, done.stderr


def test_a_star_gives_the_functions_of_the_year_in_a_fresh_process():
    code = "from keras.preprocessing.sequence import *\nfrom keras.backend import *\nprint(callable({}))"
    for value, name in (("2", "skipgrams and batch_dot"), ("", "pad_sequences and floatx")):
        done = subprocess.run(
            [sys.executable, "-c", code.format(name)], capture_output=True, text=True, env=_environment(value)
        )
        assert done.stdout.strip() == "True", done.stderr


def _environment(value):
    return {**os.environ, "PYTHONPATH": str(SOURCE), "KERAS_ERA": value}


# --- defaults


def default_cases():
    for row in arguments.DEFAULTS:
        for name in row.names.split():
            if "." not in name and row.before and name[0].isupper():
                yield pytest.param(row, name, id=f"{name}-{row.argument}-{row.since}")


NEEDED = {"units": 2, "filters": 2, "kernel_size": 3, "num_classes": 2, "target_class_ids": [1]}


@pytest.mark.parametrize(("row", "name"), list(default_cases()))
def test_a_default_holds_in_its_years_and_not_after(row, name):
    if row.argument == "data_format":
        keras.config.set_image_data_format("channels_first")
    homes = (layers, optimizers, keras.initializers, keras.preprocessing.image, keras.metrics)
    cls = next(getattr(m, name) for m in homes if hasattr(m, name))
    names = arguments.Translator("", cls.__init__, [], [], []).names
    needed = {k: v for k, v in NEEDED.items() if k in names}

    def found(release):
        with era.during(release):
            made = cls(**needed)
        value = getattr(made, row.argument) if hasattr(made, row.argument) else getattr(made.cell, row.argument)
        value = getattr(value, "__name__", type(value).__name__) if callable(value) else value
        return float(np.asarray(value)) if row.argument in ("learning_rate", "epsilon") else value

    wanted = {"uniform": "RandomUniform"}.get(row.value, row.value)
    assert found(row.since) == (pytest.approx(wanted) if isinstance(wanted, float) else wanted)
    assert found("3") != wanted


def test_epochs_that_are_not_given_are_those_of_the_year():
    model = keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    for release, epochs in (("3", 1), ("2.3", 1), ("1.2", 10), ("0.3", 100)):
        with era.during(release):
            assert len(model.fit(x, y, verbose=0).epoch) == epochs


STEPS = {  # five losses of a dense layer, Keras 1.2.2 on TensorFlow
    "sgd": [1.84033203, 1.83080527, 1.82136738, 1.81201708, 1.80275345],
    "rmsprop": [1.84033203, 1.83352232, 1.82862234, 1.82454324, 1.82093978],
    "adagrad": [1.84033203, 1.81894135, 1.80420852, 1.79239106, 1.78230047],
    "adadelta": [1.84033203, 1.83936644, 1.83838987, 1.83740616, 1.83641791],
    "adam": [1.84033203, 1.83817399, 1.83602023, 1.83387101, 1.83172607],
    "adamax": [1.84033203, 1.83601999, 1.83172953, 1.82746005, 1.82321167],
    "nadam": [1.84033203, 1.83577728, 1.83241677, 1.82928944, 1.82617879],
}


def losses_of(optimizer):
    layer = layers.Dense(2, input_dim=3)
    model = keras.Sequential([layer])
    model.compile(optimizer, "mse")
    layer.set_weights([numbers(3, 2), np.zeros(2)])
    return [float(model.train_on_batch(numbers(4, 3), numbers(4, 2) * 2)) for _ in range(5)]


@pytest.mark.parametrize("name", STEPS)
def test_optimizers_of_1_x_take_the_steps_they_took(set_era, name):
    set_era("1")
    assert losses_of(name) == pytest.approx(STEPS[name], rel=2e-6)


def test_nadam_with_schedule_decay_is_the_one_that_had_it():
    slow, fast = optimizers.Nadam(0.002, schedule_decay=0.004), optimizers.Nadam(0.002)
    assert losses_of(slow) == pytest.approx(STEPS["nadam"], rel=2e-6)
    assert losses_of(fast) != pytest.approx(STEPS["nadam"], rel=2e-6)


def test_clipnorm_was_the_norm_of_all_gradients_and_decay_lowers_the_rate(set_era):
    set_era("1")
    optimizer = optimizers.SGD(lr=0.1, decay=0.5, momentum=0.9, clipnorm=0.5)
    wanted = [1.84033203, 1.79205728, 1.71876538, 1.63323474, 1.54319274]  # Keras 1.2.2
    assert losses_of(optimizer) == pytest.approx(wanted, rel=2e-6)


def test_the_two_formulas_of_hard_sigmoid():
    x = np.array([-3, -1, 0, 0.5, 2.6], "float32")
    with era.during("2.3"):
        then = layers.Activation("hard_sigmoid")
    assert np.asarray(then(x)).tolist() == pytest.approx([0, 0.3, 0.5, 0.6, 1.0])  # Keras 2.3.1
    now = layers.Activation("hard_sigmoid")
    assert np.asarray(now(x)).tolist() == pytest.approx([0, 1 / 3, 0.5, 0.5 + 0.5 / 6, 0.5 + 2.6 / 6])


def test_a_mask_that_a_layer_does_not_know_was_an_error(set_era):
    set_era("1")
    model = keras.Sequential([layers.Masking(input_shape=(8, 4))])
    with pytest.raises(TypeError, match="does not support masking"):
        model.add(layers.Flatten())


def test_one_number_is_a_kernel_size_and_two_are_its_rows_and_columns(set_era):
    set_era("2")
    assert layers.Conv2D(4, 5).kernel_size == (5, 5)
    assert layers.Conv2D(4, 5, 3).kernel_size == (5, 3)
    assert layers.Conv3D(4, 3).kernel_size == (3, 3, 3)
    assert layers.Conv2D(4, 5, strides=2).strides == (2, 2)


# --- names


def test_layers_are_numbered_from_one_and_today_from_none(set_era):
    set_era("2")
    keras.utils.clear_session()
    model = keras.Sequential([layers.Dense(2, input_dim=3), layers.Dense(1)])
    assert [layer.name for layer in model.layers] == ["dense_1", "dense_2"]
    assert keras.Model(model.inputs, model.outputs).name == "model_1"
    set_era("3")
    keras.utils.clear_session()
    assert [layers.Dense(1).name, layers.Dense(1).name] == ["dense", "dense_1"]


@pytest.mark.parametrize(
    ("release", "names"),
    [
        ("1", ["loss", "acc", "mean_squared_error"]), ("2.2", ["loss", "acc", "mean_squared_error"]),
        ("2.3", ["loss", "accuracy", "mse"]),
    ],
)  # fmt: skip
def test_metrics_have_the_names_of_the_year_before_and_after_training(set_era, release, names):
    set_era(release)
    model = keras.Sequential([layers.Dense(2, activation="softmax", input_dim=3)])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy", "mse"])
    assert model.metrics_names == names
    history = model.fit(numbers(4, 3), np.eye(2)[[0, 1, 0, 1]], epochs=1, verbose=0, validation_split=0.5)
    assert set(history.history) == {*names, *("val_" + n for n in names)}
    assert model.metrics_names == names


def test_metrics_in_one_list_are_for_all_outputs_in_the_order_of_the_outputs(set_era):
    set_era("2")
    x = layers.Input((3,))
    first = layers.Dense(1, name="b")(x)
    model = keras.Model(x, [first, layers.Dense(1, name="a")(first)])
    model.compile("sgd", "mse", metrics=["mae", "acc"])
    wanted = ["loss", "b_loss", "a_loss", "b_mae", "b_acc", "a_mae", "a_acc"]  # Keras 2.3.1
    assert model.metrics_names == wanted
    data = numbers(4, 3), [numbers(4, 1), numbers(4, 1)]
    assert len(model.evaluate(*data, verbose=0)) == 7
    assert model.metrics_names == wanted
    found = dict(zip(wanted, model.evaluate(*data, verbose=0)))
    assert found["loss"] == pytest.approx(found["a_loss"] + found["b_loss"], rel=1e-5)


# --- looks


def printed(function):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        function()
    return out.getvalue()


def test_a_summary_looks_as_in_2_3_1(set_era):
    set_era("2")
    keras.utils.clear_session()
    model = keras.Sequential([layers.Dense(4, input_dim=3, name="one"), layers.Dense(2, name="two")], name="model")
    line = "_" * 65
    assert printed(model.summary) == "\n".join([
        'Model: "model"', line, "Layer (type)                 Output Shape              Param #   ", "=" * 65,
        "one (Dense)                  (None, 4)                 16        ", line,
        "two (Dense)                  (None, 2)                 10        ", "=" * 65, "Total params: 26",
        "Trainable params: 26", "Non-trainable params: 0", line, "",
    ])  # fmt: skip


def test_a_summary_looks_as_in_1_2_2(set_era):
    set_era("1")
    x = layers.Input((3,), name="inp")
    y = layers.Dense(2, name="o2")(layers.Dense(1, name="o1")(x))
    line = "_" * 100
    assert printed(keras.Model(x, y).summary) == "\n".join([
        line, "Layer (type)                     Output Shape          Param #     Connected to                     ",
        "=" * 100,
        "inp (InputLayer)                 (None, 3)             0                                            ", line,
        "o1 (Dense)                       (None, 1)             4           inp[0][0]                        ", line,
        "o2 (Dense)                       (None, 2)             4           o1[0][0]                         ",
        "=" * 100, "Total params: 8", "Trainable params: 8", "Non-trainable params: 0", line, "",
    ])  # fmt: skip


def test_progress_looks_as_it_did(set_era):
    model = keras.Sequential([layers.Dense(2, activation="softmax", input_dim=3)])
    x, y = numbers(8, 3), np.eye(2)[[0, 1] * 4]
    seen = {}
    for release in ("1", "2", "tf2"):
        set_era(release)
        model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
        text = printed(lambda: model.fit(x, y, epochs=1, batch_size=2, validation_split=0.5, verbose=1))
        text += printed(lambda: model.fit(x, y, epochs=1, batch_size=2, verbose=2))
        seen[release] = [line for line in text.replace("\r", "\n").splitlines() if line.strip("\b ")]
        drawn = [printed(lambda a=a: model.predict_classes(x, **a)) for a in ({}, {"verbose": 0}, {"verbose": 1})]
        assert [bool(text) for text in drawn] == [release == "1", False, True]
    full = "[" + "=" * 30 + "]"
    assert seen["1"][0] == seen["2"][0] == "Train on 4 samples, validate on 4 samples"
    assert not any("8 samples" in line for lines in seen.values() for line in lines)  # said where there is validation
    assert seen["1"][1] == seen["2"][1] == "Epoch 1/1"
    assert seen["tf2"][0].startswith("2/2 [")
    assert re.match(rf"4/4 {re.escape(full)} - \d+s - loss: ", seen["1"][2])
    assert " - acc: " in seen["1"][2]
    assert " - val_acc: " in seen["1"][2]
    assert re.match(r"\d+s - loss: ", seen["1"][-1])
    assert re.match(rf"4/4 {re.escape(full)} - \d+s ", seen["2"][2])
    assert "s/step - loss: " in seen["2"][2]
    assert re.match(r" - \d+s - loss: ", seen["2"][-1])
    assert re.match(rf"2/2 {re.escape(full)} - \d+s ", seen["tf2"][0])


@pytest.mark.parametrize(("release", "name"), [("2", "lr"), ("tf2", "lr"), ("3", "learning_rate")])
def test_the_rate_in_the_history_had_a_short_name_until_3(set_era, release, name):
    set_era(release)
    model = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    schedules = [
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.25), keras.callbacks.ReduceLROnPlateau(monitor="loss"),
    ]  # fmt: skip
    history = model.fit(numbers(4, 3), numbers(4, 2), epochs=1, verbose=0, callbacks=schedules).history
    assert history == {"loss": history["loss"], name: [0.25]}


@pytest.mark.parametrize("release", ["1", "2", "tf2"])
def test_a_model_that_is_no_graph_has_a_summary(set_era, release, capsys):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.only = layers.Dense(2)

        def call(self, x):
            return self.only(x)

    set_era(release)
    model = Own()
    model(numbers(4, 3))
    model.summary()
    assert "Total params: 8" in capsys.readouterr().out


# --- finding the year

PROGRAMS = [
    ("from keras.layers import Dense\nmodel.fit(x, y, nb_epoch=2)", "1"),
    ("from keras.layers import Merge", "1"),
    ("from keras.layers.convolutional import Convolution2D\nConvolution2D(32, 3, 3)", "1"),
    ("model.compile('sgd', 'mse', class_mode='binary')\nmodel.fit(X, y, show_accuracy=True)", "0"),
    ("from keras.layers.core import Dense\nmodel.fit_generator(g, steps_per_epoch=3)", "2"),
    ("from keras.utils.np_utils import to_categorical\nplot(h.history['val_acc'])", "2.2"),
    ("import keras\nmodel = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])", "3"),
    ("import keras\nx = keras.ops.ones((2,))", "3"),
    ("from tensorflow.keras.layers import Dense", "3"),
    ("from tensorflow import keras\nmodel.fit_generator(g)", "tf2"),
    ("import keras\nkeras.layers.core.Activation('relu')", "2"),
    ("from keras.layers import Dense\nDense(12, init='uniform')\nmodel.fit(x, y, epochs=150)", "2"),
    ("from keras.layers import Dense\nDense(12, 'uniform')", "1"),
    ("from keras.layers import Dense\nDense(784, 64)", "0"),
    ("from keras.optimizers import Adam\nAdam(lr=0.1)", "2"),
    ("from keras.layers import *\nx = merge([a, b], mode='sum')", "1"),
    ("from keras.preprocessing.image import *\nimages = ImageDataGenerator()", "2"),
    ("from keras.preprocessing.image import *\nImageDataGenerator = mine\nImageDataGenerator()", "3"),
    ("from keras.models import Sequential\nprint(model.metrics_names[1])", "2"),
    ("from keras.layers import GRU\nsettings = dict(consume_less='cpu')", "1"),
    ("import tensorflow as tf\nfrom keras.models import Sequential\nm.fit_generator(g)", "2"),
    ("from keras import backend as K\ndef loss(y, z): return K.mean(K.square(y - z))", "2"),
    ("from tensorflow.keras import backend as K\nK.sum(x)", "3"),  # which has them to this day
    ("import tensorflow as tf\nm = tf.keras.models.Sequential()\nm.fit_generator(g)", "tf2"),
    ("import tensorflow as tf\nm = tf.keras.metrics.Mean()\nm.reset_states()", "tf2"),
    ("import tensorflow as tf\nm = tf.keras.models.Sequential()\nm.save('folder/mine')", "tf2"),
    ("import tensorflow as tf\npath = 'runs/best'\ntf.keras.callbacks.ModelCheckpoint(filepath=path)", "tf2"),
    ("import os\nfrom tensorflow import keras\np = os.path.join(d, 'a')\nm.load_weights(p)\nkeras.Model", "tf2"),
    ("import tensorflow as tf\ntf.keras.callbacks.ModelCheckpoint(filepath='runs/cp.ckpt')", "tf2"),
    ("from tensorflow import keras\nkeras.Model().save(path, save_format='tf')", "tf2"),
    ("from __future__ import print_function\nfrom keras.models import Sequential", "2"),
    ("from __future__ import absolute_import, division\nimport tensorflow as tf\ntf.keras.Sequential()", "tf2"),
    ("import tf_keras as keras\nkeras.Sequential()", "tf2"),
    ("from keras.layers import Dense\nDense(2).get_output_at(0)", "2"),
    ("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nimport tensorflow as tf\ntf.keras.Sequential()", "tf2"),
    ("from tensorflow.compat.v1.keras.models import Sequential\nSequential().fit(x, y, nb_epoch=3)", "1"),
]
OF_TODAY = [
    "import keras_core as keras\nkeras.Sequential()",
    "import keras\nlstm.reset_states()\ncheckpoint.save('mine')",
    "import tensorflow as tf\nm = tf.keras.Sequential()\nm.save('mine.keras')\nm.save_weights('a.weights.h5')",
    "import tensorflow as tf\np = 'a.keras'\ntf.keras.callbacks.ModelCheckpoint(p)\nq = 'b'\nq = f(q)\nm.save(q)",
    "import keras, pandas as pd\nframe = pd.merge(a, b)\nframe = frame.merge(c)",
    "import keras\nfrom sklearn.svm import SVC\np = SVC().fit(x, y).predict_proba(x)",
    "import keras\nkeras.callbacks.EarlyStopping(monitor='val_accuracy')",
    "import keras\nmodel.compile('sgd', 'mse', metrics=['acc'])\nplot(history.history['acc'])",
    "import keras\ndef train(nb_epoch): pass\ntrain(nb_epoch=3)",
    "import keras, albumentations as A\nA.Rotate(border_mode=2)",
    "from keras import layers\nlayers.Embedding(10, output_dim=4)",
    "from keras import layers\nlayers.ReversibleEmbedding(10, output_dim=4)",
    "from keras import layers\nsettings = dict(input_dim=9, output_dim=4)\nlayers.Dense(units=2)",
    "from keras import layers, ops\nlayers.RandomGaussianBlur(kernel_size=3, sigma=(1, 2))\nops.eye(N=3)",
    "from keras import layers\nlayers.Embedding(10, 4, input_length=3)\nlayers.MultiHeadAttention(2, 2)",
    "from keras import layers, ops\nlayers.Dense(64, 10)\nops.exp(x)",
    "import keras\nfrom keras import backend as K\nK.clear_session()\nkeras.ops.sum(K.floatx())",
    "import keras\nm.add(keras.layers.Dense(64, 10))\nm.fit(x, y, epochs=3)",
    "from __future__ import annotations\nimport keras",
    "from __future__ import print_function\nimport sklearn",
    "from __future__ import division\nimport keras\nkeras.ops.sum(x)",
]


@pytest.mark.parametrize(("source", "wanted"), PROGRAMS, ids=[p for p, _ in PROGRAMS])
def test_the_year_is_read_from_the_source(source, wanted):
    assert detect.detect(source).era == wanted


@pytest.mark.parametrize("source", OF_TODAY)
def test_what_only_looks_old_is_of_today(source):
    assert detect.detect(source).era == "3"


def test_a_script_that_python_itself_runs_has_the_defaults_of_its_year_too(tmp_path):
    code = "import keras\nfrom keras.layers import GRU, Merge\nprint(keras.config.era(), GRU(2).cell.reset_after)"
    (tmp_path / "old.py").write_text(code)
    done = run("old.py", cwd=tmp_path)
    assert done.stdout == "1 False\n", done.stderr
    assert done.stderr == "keras: old.py is written for Keras 1 (keras.layers.Merge).\n"
    (tmp_path / "old.py").write_text(f"import keras\nkeras.config.set_era('3')\n{code}")
    done = run("old.py", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("3 True\n", "")


def test_a_script_runs_with_the_defaults_of_its_year_and_says_so(tmp_path):
    code = "import keras\nfrom keras.layers import LSTM, Merge\ngate = LSTM(2).cell.recurrent_activation\n"
    done = run_script(tmp_path, code + "print(keras.config.era(), float(gate(1.0)))")
    assert done.stdout.startswith("1 0.69999"), done.stderr
    assert "is written for Keras 1 (keras.layers.Merge)" in done.stderr
    done = run_script(tmp_path, "import keras\nprint(keras.config.era())")
    assert (done.stdout, done.stderr) == ("3\n", "")


def test_code_and_modules_run_too_and_errors_point_at_the_users_line(tmp_path):
    done = run("-m", "keras", "-c", "import keras, sys; print(keras.config.era(), sys.argv); x(nb_epoch=1)", "a")
    assert done.stdout == "1 ['-c', 'a']\n", done.stderr
    assert done.stderr.count("File ") == 1
    assert "NameError: name 'x' is not defined" in done.stderr
    (tmp_path / "beside.py").write_text("import sys\nprint(__name__, sys.argv[1:])\nf(nb_epoch=1)")
    done = run("-m", "keras", "-m", "beside", "b", cwd=tmp_path)
    assert done.stdout == "__main__ ['b']\n", done.stderr
    assert done.stderr.count("File ") == 1
    (tmp_path / "old.py").write_text("Dense(output_dim=3)\n")
    done = run("-m", "keras", "--modernize", "old.py", cwd=tmp_path)
    assert done.stdout == "Dense(units=3)\n", done.stderr


def test_folders_and_what_comes_through_a_pipe_run_too_and_a_missing_module_is_told(tmp_path):
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "beside.py").write_text("value = 5")
    (tmp_path / "program" / "__main__.py").write_text("import beside, sys\nsys.exit(input() + str(beside.value))")
    done = run("-m", "keras", "program", cwd=tmp_path, input="read ")
    assert (done.returncode, done.stderr) == (1, "read 5\n")
    done = run("-m", "keras", "-", "a", input="import sys\nprint(__name__, sys.argv)")
    assert done.stdout == "__main__ ['-', 'a']\n", done.stderr
    done = run("-m", "keras", "-m", "no.such")
    assert (done.returncode, done.stderr) == (1, "python -m keras: there is no module 'no.such'\n")


def test_the_history_lists_first_what_the_year_listed_first(set_era):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["accuracy"])
    x = numbers(2, 2)
    found = {}
    for name in ("2.3", "tf2", "3"):
        set_era(name)
        found[name] = " ".join(model.fit(x, x[:, :1], validation_data=(x, x[:, :1]), epochs=1, verbose=0).history)
    assert found == {
        "2.3": "val_loss val_accuracy loss accuracy",
        "tf2": "loss accuracy val_loss val_accuracy",
        "3": "accuracy loss val_accuracy val_loss",
    }


@pytest.mark.parametrize("open_run", [False, True], ids=["compiled", "run_eagerly"])
def test_the_logs_of_an_own_step_keep_their_order_in_tf_keras_and_are_sorted_today(set_era, open_run):
    class Own(keras.Model):
        def call(self, x):
            return x

        def train_step(self, data):
            return {"b": keras.ops.sum(data[0]), "c": 1.0, "a": 2.0}

        test_step = train_step

    class Seen(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            found.append(" ".join(logs))

        def on_test_end(self, logs=None):
            found.append(" ".join(logs))

    x = numbers(5, 2)
    for release, order, history in (
        ("tf2", "b c a", "b c a val_b val_c val_a"),
        ("3", "a b c", "a b c val_a val_b val_c"),
    ):
        set_era(release)
        found, model = [], Own()
        model.compile("sgd", run_eagerly=open_run)
        known = model.fit(x, x, batch_size=3, verbose=0, epochs=1, validation_data=(x, x), callbacks=[Seen()]).history
        assert (found, " ".join(known)) == ([order] * 3, history)
        assert " ".join(model.evaluate(x, x, verbose=0, return_dict=True)) == order
        assert " ".join(model.train_on_batch(x, x, return_dict=True)) == order
