"""Older arguments: every row of the tables gives what today's spelling gives, and nothing is taken and ignored."""

import importlib
import inspect
import json
import os
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import callbacks, constraints, layers, models, optimizers, regularizers
from keras.legacy import arguments, era, report

CENSUS = Path(os.environ.get("KERAS_CENSUS", Path(__file__).parents[3] / "shared" / "api")) / "legacy-arguments.json"

# what the constructors need beside the argument in question
NEEDED = {
    "units": 3, "filters": 4, "kernel_size": 3, "rate": 0.5, "stddev": 0.1, "target_shape": (2, 2), "input_dim": 5,
    "output_dim": 4, "function": abs, "filepath": "a.keras", "shape": (2,),
}  # fmt: skip

# argument of today -> an older and a today's value, where they are not the plain ones
SAMPLES = {
    "units": (7, 7), "filters": (8, 8), "strides": (2, 2), "padding": ("same", "same"), "rate": (0.25, 0.25),
    "pool_size": (3, 3), "kernel_size": (5, 5), "size": (3, 3), "stddev": (0.5, 0.5),
    "use_bias": (False, False), "negative_slope": (0.2, 0.2),
    "dropout": (0.25, 0.25), "recurrent_dropout": (0.25, 0.25), "target_shape": ((4,), (4,)),
    "recurrent_activation": ("tanh", "tanh"), "learning_rate": (0.125, 0.125), "min_delta": (0.5, 0.5),
    "max_value": (3.0, 3.0), "min_value": (0.5, 0.5), "l1": (0.5, 0.5), "l2": (0.5, 0.5), "shape": ((4,), (4,)),
    "batch_shape": ((2, 4), (2, 4)), "dtype": ("float16", "float16"), "distribution": ("normal", "truncated_normal"),
    "data_format": ("th", "channels_first"), "implementation": ("gpu", 2), "unit_forget_bias": ("zero", False),
    "save_freq": (1, "epoch"), "num_words": (7, 7), "output_mode": ("binary", "multi_hot"),
}  # fmt: skip


def sample(row, today):
    if today.endswith("_initializer"):
        return "normal", "random_normal"
    if today.endswith("_regularizer"):
        return "l2", "l2"
    if today.endswith("_constraint"):
        return "nonneg", "non_neg"
    return SAMPLES[today]


def constructor_cases():
    for module, table in arguments.TABLES.items():
        for row in table:
            for name in row.names.split():
                thing = getattr(importlib.import_module(module), name, None)
                if isinstance(thing, type) and "." not in name and row.today and not _needs_more(name):
                    yield pytest.param(thing, row, id=f"{name}-{row.old if isinstance(row.old, str) else row.old[0]}")


def _needs_more(name):
    # these are asked in tests of their own
    return name in ("Model", "Functional", "Discretization", "CategoryEncoding", "IntegerLookup") or name.endswith(
        "Iterator"
    )


def settings_of(thing):
    if hasattr(thing, "get_config"):
        found = thing.get_config()
    else:
        found = dict(vars(thing))
    return {k: v for k, v in found.items() if k not in ("name", "_manner") and not callable(v)}


@pytest.mark.parametrize(("cls", "row"), list(constructor_cases()))
def test_an_older_argument_gives_what_todays_gives(cls, row):
    olds, todays = arguments._several(row.old), arguments._several(row.today)
    if cls is callbacks.LambdaCallback:
        old, new = print, print
    elif len(olds) > 1:
        old, new = tuple(range(2, 2 + len(olds))), None
    else:
        old, new = sample(row, todays[0])
    given = dict(zip(olds, old)) if len(olds) > 1 else {olds[0]: old}
    wanted = {todays[0]: old} if len(olds) > 1 else dict.fromkeys(todays, new)
    taken = arguments.Translator("", cls.__init__, [], [], []).names
    needed = {k: v for k, v in NEEDED.items() if k in taken and k not in todays}
    if cls is layers.InputLayer and "batch_shape" in todays:
        needed.pop("shape", None)
    if issubclass(cls, (layers.Layer,)) and cls is not layers.Embedding and cls is not layers.InputLayer:
        needed.pop("input_dim", None)
    if "data_format" in todays and "strides" in taken:
        needed["strides"] = 1
    report.forget()
    older, newer = cls(**needed, **given), cls(**needed, **wanted)
    assert cls is layers.Conv2D or report.legacy_report() or olds == todays
    old_settings, new_settings = settings_of(older), settings_of(newer)
    # the call takes its year's other defaults: gates, epsilons
    for name in ("recurrent_activation", "reset_after", "epsilon", "recurrent_initializer", "batch_input_shape"):
        if name not in todays:
            old_settings.pop(name, None)
            new_settings.pop(name, None)
    assert old_settings == new_settings
    if cls is callbacks.LambdaCallback:
        assert getattr(older, todays[0]) is getattr(newer, todays[0]) is print


@pytest.mark.skipif(not CENSUS.exists(), reason="the census of older arguments is not here")
def test_every_conversion_that_keras_2_3_1_knew_is_in_the_tables():
    known = json.loads(CENSUS.read_text())["names"]
    missing = []
    for path, entry in known.items():
        module, _, name = path.rpartition(".")
        if "alias_of" in entry or not path.startswith(("keras.layers.", "keras.optimizers.", "keras.models.Model")):
            continue
        try:
            thing = getattr(importlib.import_module(module), name, None)
        except ModuleNotFoundError:
            continue  # a method; those are tested in test_methods.py
        if thing is None or not isinstance(thing, type):
            continue  # not rebuilt yet; the coverage of names counts it
        names = set()
        for cls in thing.__mro__[:-1]:
            init = vars(cls).get("__init__")
            names |= set(getattr(init, "__keras_legacy_arguments__", ()))
            names |= set(arguments.Translator("", init, [], [], []).names) if init is not None else set()
        names |= {"input_dim", "input_length"} | ({"forget_bias_init"} if name in ("GRU", "SimpleRNN") else set())
        # arguments of functions that the class does not have in any release
        names |= {"inner_activation"} if name == "SimpleRNN" else set()
        missing += [f"{name}: {a}" for a in entry.get("arguments", {}) if a not in names]
    assert not missing


# --- what would be silent if it were read wrongly


@pytest.mark.parametrize("name", ["Convolution2D", "AtrousConvolution2D", "SeparableConvolution2D", "Deconvolution2D"])
def test_rows_and_columns_by_position_are_the_kernel_and_never_a_stride(name):
    layer = getattr(layers, name)(32, 3, 5)
    assert layer.kernel_size == (3, 5)
    assert layer.strides == (1, 1)
    assert getattr(layers, name)(32, (3, 5), strides=2).strides == (2, 2)


def test_a_volume_has_three_sizes_by_position():
    layer = layers.Convolution3D(8, 3, 4, 5, border_mode="same")
    assert (layer.kernel_size, layer.strides, layer.padding) == ((3, 4, 5), (1, 1, 1), "same")


def test_conv2d_by_position_has_a_stride_today_and_had_a_kernel_in_keras_2():
    assert layers.Conv2D(32, 3, 2).strides == (2, 2)
    with era.during("2.3"):
        assert layers.Conv2D(32, 3, 2).kernel_size == (3, 2)  # 2.3.1 says: kernel (3, 2), strides (1, 1)
        assert layers.Conv2D(32, (3, 3), 2).strides == (2, 2)
    assert layers.Conv2D(32, 3, 3, border_mode="same").kernel_size == (3, 3)


def test_the_first_number_of_batch_normalization_is_epsilon_if_it_is_no_axis():
    assert layers.BatchNormalization(1e-2).epsilon == 1e-2
    assert layers.BatchNormalization(1e-2).axis == -1
    assert layers.BatchNormalization(1).axis == 1


def test_two_sizes_by_position_are_input_and_output_as_in_keras_0():
    layer = layers.LSTM(8, 16)
    assert layer.units == 16
    model = keras.Sequential([layers.Embedding(10, 8), layer, layers.Dense(16, 1)])
    assert model.predict(np.zeros((2, 3), "int32"), verbose=0).shape == (2, 1)


def test_the_second_word_of_dense_is_an_initializer_if_it_is_no_activation():
    layer = layers.Dense(64, "uniform")
    assert type(layer.kernel_initializer).__name__ == "RandomUniform"
    assert layer.activation is keras.activations.linear
    assert layers.Dense(64, "relu").activation is keras.activations.relu


def test_recurrent_layers_read_positions_as_1_x_meant_them():
    layer = layers.LSTM(4, "uniform", "orthogonal", "one", "tanh", "sigmoid")
    assert type(layer.kernel_initializer).__name__ == "RandomUniform"
    assert layer.recurrent_activation is keras.activations.sigmoid


def test_positions_of_embedding_and_lambda():
    layer = layers.Embedding(10, 4, "normal", 7)
    assert type(layer.embeddings_initializer).__name__ == "RandomNormal"
    assert keras.Sequential([layer]).output_shape == (None, 7, 4)
    assert layers.Lambda(lambda x, k: x * k, (2,), {"k": 3.0})(np.ones((1, 2), "float32")).tolist() == [[3.0, 3.0]]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.Dense(3, output_dim=4), TypeError, "give `units` or its older name `output_dim`, not both"),
        (lambda: layers.Conv2D(3, nb_row=4), TypeError, "`nb_col` is missing beside nb_row"),
        (lambda: layers.MaxPooling2D(dim_ordering="up"), ValueError, "`dim_ordering` must be one of 'th', 'tf'"),
        (lambda: layers.LSTM(3, forget_bias_init="normal"), ValueError, "`forget_bias_init` must be one of 'one'"),
        (lambda: layers.Dense(3, no_such=1), TypeError, "unknown argument 'no_such'"),
        (lambda: layers.BatchNormalization(mode=3), ValueError, "`mode` must be 0, 1 or 2"),
        (lambda: layers.Dense(3, input_dtype="int32"), ValueError, "Begin the model with keras.Input"),
        (lambda: optimizers.SGD(0.1, 0.9, decay=0.5, momentum=0.5), TypeError, "by name beside `decay`"),
        (lambda: models.Sequential().compile("sgd", class_mode="many"), ValueError, "must be 'categorical'"),
        (lambda: models.Sequential().compile("sgd", target_tensors=[1]), ValueError, "Pass the targets to fit"),
        (lambda: callbacks.ModelCheckpoint("a.keras", period=0), ValueError, "`period` must be a positive integer"),
    ],
)  # fmt: skip
def test_what_cannot_be_honoured_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_weights_given_to_a_layer_are_the_weights_it_starts_with():
    kernel, bias = np.full((2, 3), 0.5, "float32"), np.arange(3, dtype="float32")
    layer = layers.Dense(3, weights=[kernel, bias], input_dim=2)
    keras.Sequential([layer])
    assert [w.tolist() for w in layer.get_weights()] == [kernel.tolist(), bias.tolist()]


def test_functions_of_1_x_that_return_variables_start_weights():
    def half(shape, name=None):
        return keras.Variable(np.full(shape, 0.5, "float32"), name=name)

    layer = layers.Dense(2, init=half)
    layer.build((None, 3))
    assert layer.kernel.numpy().tolist() == [[0.5, 0.5]] * 3
    assert keras.initializers.get("zero")((2,)).tolist() == [0.0, 0.0]
    assert constraints.get("maxnorm").max_value == 2
    assert regularizers.l2(l=0.5).l2 == 0.5


def test_decay_lowers_the_rate_with_every_step_and_lr_is_the_rate():
    optimizer = optimizers.SGD(lr=0.5, decay=1.0)
    variable = keras.Variable([0.0])
    for _ in range(3):
        optimizer.apply([np.ones(1, "float32")], [variable])
    assert variable.numpy()[0] == pytest.approx(-0.5 * (1 + 1 / 2 + 1 / 3))
    plain = optimizers.Adam(lr=0.25)
    assert float(plain.lr) == 0.25
    plain.lr = 0.125
    assert float(plain.learning_rate) == 0.125


def test_models_take_input_and_output():
    x = keras.Input((3,))
    y = layers.Dense(2)(x)
    model = keras.Model(input=x, output=y)
    assert isinstance(model, models.Functional)
    assert model.output_shape == (None, 2)


def test_a_call_that_spells_like_1_x_takes_the_defaults_of_1_x_and_others_do_not():
    older, newer = layers.LSTM(output_dim=2), layers.LSTM(2)
    assert older.recurrent_activation(np.array([1.0], "float32")).tolist() == pytest.approx([0.7])
    assert newer.recurrent_activation is keras.activations.sigmoid
    assert layers.GRU(output_dim=2).cell.reset_after is False
    assert layers.GRU(2).cell.reset_after is True


def test_the_report_lists_what_was_used_and_how_it_is_spelled_today():
    report.forget()
    layers.Dense(output_dim=3, init="normal")
    assert keras.config.legacy_report() == [
        ("Dense", "output_dim", "units"), ("Dense", "init", "kernel_initializer"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda m: m.compile("sgd", "mse", metric=["mae"]),
            "Model.compile has no argument `metric`. Did you mean",
        ),
        (lambda m: m.fit([1.0], [1.0], epoch=2), "Model.fit has no argument `epoch`. Did you mean 'epochs'?"),
        (lambda m: m.predict([1.0], batchsize=2), "Model.predict has no argument `batchsize`. Did you mean 'batch_si"),
        (lambda m: m.train_on_batch([1.0], [1.0], zzz=1), "Model.train_on_batch has no argument `zzz`.$"),
    ],
    ids=["compile", "fit", "predict", "train_on_batch"],
)
def test_an_argument_that_a_model_has_not_is_told_with_the_nearest(call, told):
    with pytest.raises(TypeError, match=told):
        call(keras.Sequential([keras.layers.Dense(1)]))


def test_signatures_of_what_takes_older_arguments_are_those_of_today():
    assert list(inspect.signature(keras.Model.fit).parameters)[:5] == ["self", "x", "y", "batch_size", "epochs"]


@pytest.mark.parametrize(
    ("padding", "today"),
    [
        ({"right_pad": 4, "bottom_pad": 2, "top_pad": 1, "left_pad": 3}, ((1, 2), (3, 4))),
        ({"left_pad": 3}, ((0, 0), (3, 0))),
        ((1, 2, 3, 4), ((1, 2), (3, 4))),
        ((1, 2), ((1, 1), (2, 2))),
    ],
)
def test_padding_of_images_names_its_sides_or_counts_them(padding, today):
    assert layers.ZeroPadding2D(padding).padding == layers.ZeroPadding2D(padding=padding).padding == today


def test_padding_of_sequences_names_its_sides():
    assert layers.ZeroPadding1D({"left_pad": 3, "right_pad": 1}).padding == (3, 1)
    with pytest.raises(ValueError, match=r"`padding` is a dict of left_pad, right_pad. Got 'top_pad'"):
        layers.ZeroPadding1D(padding={"top_pad": 3})


@pytest.mark.parametrize("size", [3, (3, 3), [3, 3]])
@pytest.mark.parametrize("name", ["Conv2D", "SeparableConv2D"])
def test_strides_and_padding_by_position_are_not_taken_for_an_older_size(name, size):
    layer = getattr(keras.layers, name)(6, size, 2, "same")
    assert (layer.kernel_size, layer.strides, layer.padding) == ((3, 3), (2, 2), "same")
    older = keras.layers.Conv2D(6, 3, 2, "he_normal")
    assert (older.kernel_size, older.strides) == ((3, 2), (1, 1))


def test_an_axis_order_by_position_is_not_taken_for_an_older_size():
    layer = keras.layers.Conv3D(6, 3, 2, "same", "channels_first")
    assert (layer.kernel_size, layer.strides, layer.data_format) == ((3, 3, 3), (2, 2, 2), "channels_first")
    layer = keras.layers.ConvLSTM2D(6, 3, 1, "same")
    assert (layer.kernel_size, layer.strides, layer.padding) == ((3, 3), (1, 1), "same")


@pytest.mark.parametrize("year", ["1.2", "2.3", "tf2.11", "3"])
def test_a_name_as_the_second_argument_of_a_stack_is_its_name(year):
    with era.during(year):
        model = keras.Sequential([keras.layers.Dense(2)], "mine")
        assert (model.name, model.trainable) == ("mine", True)
        assert keras.Sequential([], False).trainable is False
