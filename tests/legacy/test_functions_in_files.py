"""Functions of TensorFlow between layers of tf.keras: `TFOpLambda`, `SlicingOpLambda`, `TensorFlowOpLayer`."""

import json

import numpy as np
import pytest

import keras
from keras.legacy.config_functions import NAMES, function_of

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], "float32")


def model_with(calls, kind="TFOpLambda"):
    """A model of one input and calls one after another: (function, call as tf.keras wrote it)."""
    entries = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "name": "x"}, "name": "x",
         "inbound_nodes": []},
    ]  # fmt: skip
    for i, (function, node) in enumerate(calls):
        about = {"name": f"call_{i}", "trainable": True, "dtype": "float32", "function": function}
        entries.append({"class_name": kind, "config": about, "name": f"call_{i}", "inbound_nodes": [node]})
    config = {"name": "m", "layers": entries, "input_layers": [["x", 0, 0]], "output_layers": [[f"call_{i}", 0, 0]]}
    text = {"class_name": "Functional", "config": config, "keras_version": "2.12.0", "backend": "tensorflow"}
    return keras.models.model_from_json(json.dumps(text))


def model_of_operation(op, attributes=None, constants=None, inputs=1, **more):
    """A model of one operation of TensorFlow on its input, as tf.keras 2.1 wrote it."""
    definition = {"name": "y", "op": op, "attr": {"T": {"type": "DT_FLOAT"}, **(attributes or {})}}
    about = {"name": "y", "trainable": True, "dtype": "float32", "node_def": definition, "constants": constants or {}}
    entries = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "name": "x"}, "name": "x",
         "inbound_nodes": []},
        {"class_name": "TensorFlowOpLayer", "config": about, "name": "tf_op_layer_y",
         "inbound_nodes": [[["x", 0, 0, {}]] * inputs]},
    ]  # fmt: skip
    entries += more.get("entries", [])
    config = {"name": "m", "layers": entries, "input_layers": [["x", 0, 0]], "output_layers": [["tf_op_layer_y", 0, 0]]}
    text = {"class_name": "Model", "config": config, "keras_version": "2.3.0-tf", "backend": "tensorflow"}
    return keras.models.model_from_json(json.dumps(text))


def on_x(**kwargs):
    return ["x", 0, 0, kwargs]


@pytest.mark.parametrize(
    ("function", "node", "expected"),
    [
        ("math.reduce_mean", on_x(axis=1), X.mean(1)),
        ("math.reduce_sum", on_x(axis=[1], keepdims=True), X.sum(1, keepdims=True)),
        ("__operators__.add", on_x(y=[1.0, 2.0, 3.0], name=None), X + [1, 2, 3]),
        ("math.subtract", ["_CONSTANT_VALUE", -1, 1, {"y": ["x", 0, 0], "name": None}], 1 - X),
        ("math.pow", ["_CONSTANT_VALUE", -1, 2.0, {"y": ["x", 0, 0], "name": None}], 2.0**X),
        ("concat", [on_x(axis=-1), on_x(axis=-1)], np.concatenate([X, X], -1)),
        ("math.maximum", on_x(y=0.5, name=None), np.maximum(X, 0.5)),
        ("math.atan2", on_x(x=2.0, name=None), np.arctan2(X, 2.0)),
        ("compat.v1.floor_div", on_x(y=2.0, name=None), X // 2),
        ("compat.v1.norm", on_x(ord="euclidean", axis=-1, keepdims=None, name=None), np.sqrt((X * X).sum(-1))),
        ("compat.v1.transpose", on_x(perm=[0, 1], name="t", conjugate=False), X),
        (
            "compat.v1.gather",
            on_x(indices=[2, 0], validate_indices=None, name=None, axis=1, batch_dims=0),
            X[:, [2, 0]],
        ),
        ("nn.leaky_relu", on_x(alpha=0.1), np.where(X > 0, X, 0.1 * X)),
        ("clip_by_value", on_x(clip_value_min=-1.0, clip_value_max=1.0), X.clip(-1, 1)),
        ("cast", on_x(dtype="int32"), X.astype("int32")),
        ("keras.backend.batch_flatten", on_x(), X),
        ("__operators__.getitem", on_x(slice_spec=[{"class_name": "__ellipsis__"}, 1]), X[..., 1]),
    ],
)
def test_a_function_of_a_file_computes_what_it_did_and_is_written_as_today(function, node, expected, tmp_path):
    model = model_with([(function, node)])
    np.testing.assert_allclose(model(X), expected, rtol=1e-5, atol=1e-6)
    model.save(tmp_path / "m.keras")
    np.testing.assert_allclose(keras.models.load_model(tmp_path / "m.keras")(X), expected, rtol=1e-5, atol=1e-6)


FLOAT, INT32 = {"type": "DT_FLOAT"}, {"type": "DT_INT32"}


@pytest.mark.parametrize(
    ("op", "attributes", "constants", "inputs", "expected"),
    [
        ("RealDiv", {}, {"1": 2.0}, 1, X / 2),
        ("Sub", {}, {"0": 1}, 1, 1 - X),
        ("Mul", {}, {"1": [1.0, 2.0, 3.0]}, 1, X * [1, 2, 3]),
        ("AddN", {"N": {"i": "2"}}, {}, 2, X + X),
        ("Relu6", {}, {}, 1, X.clip(0, 6)),
        ("LeakyRelu", {"alpha": {"f": 0.1}}, {}, 1, np.where(X > 0, X, 0.1 * X)),
        ("Mean", {"keep_dims": {"b": True}, "Tidx": INT32}, {"1": [1]}, 1, X.mean(1, keepdims=True)),
        ("ConcatV2", {"N": {"i": "2"}, "Tidx": INT32}, {"2": -1}, 2, np.concatenate([X, X], -1)),
        ("Pack", {"N": {"i": "2"}, "axis": {"i": "1"}}, {}, 2, np.stack([X, X], 1)),
        ("Split", {"num_split": {"i": "3"}}, {"0": 1}, 1, X[:, :1]),
        ("GatherV2", {"batch_dims": {"i": "0"}, "Taxis": INT32}, {"1": [2, 0], "2": 1}, 1, X[:, [2, 0]]),
        ("Cast", {"DstT": INT32, "SrcT": FLOAT, "Truncate": {"b": False}}, {}, 1, X.astype("int32")),
        ("Cumsum", {"exclusive": {"b": True}, "reverse": {"b": True}}, {"1": 1}, 1,
         np.stack([X[:, 1] + X[:, 2], X[:, 2], 0 * X[:, 0]], 1)),
        ("MatMul", {"transpose_a": {"b": True}, "transpose_b": {"b": False}}, {}, 2, X.T @ X),
    ],
)  # fmt: skip
def test_an_operation_of_a_file_computes_what_it_did(op, attributes, constants, inputs, expected):
    found = model_of_operation(op, attributes, constants, inputs)(X)
    np.testing.assert_allclose(found[0] if isinstance(found, list) else found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("key", "spec", "masks"),
    [
        (np.s_[:, :2], ([0, 0], [0, 2], [1, 1]), {"begin_mask": 3, "end_mask": 1}),
        (np.s_[..., -1], ([0, -1], [0, 0], [1, 1]), {"ellipsis_mask": 1, "shrink_axis_mask": 2}),
        (np.s_[:, None, ::2], ([0, 0, 0], [0, 0, 0], [1, 1, 2]), {"new_axis_mask": 2, "begin_mask": 5, "end_mask": 5}),
    ],
)
def test_a_slice_of_a_file_takes_what_it_took(key, spec, masks):
    constants = {str(i + 1): numbers for i, numbers in enumerate(spec)}
    model = model_of_operation("StridedSlice", {name: {"i": str(n)} for name, n in masks.items()}, constants)
    np.testing.assert_array_equal(model(X), X[key])


@pytest.mark.parametrize(
    ("op", "attributes", "message"),
    [
        ("ReadFile", {}, r"operation 'ReadFile', which is not known here\. Known ones: Abs"),
        ("Mean", {"keep": {"b": True}}, "'Mean' with keep=True is not known"),
        ("ResizeBilinear", {"align_corners": {"b": True}}, "'ResizeBilinear' with align_corners=True is not known"),
        ("StridedSlice", {}, "begins or ends where a tensor says"),
    ],
)
def test_operations_that_are_not_known_are_refused(op, attributes, message):
    with pytest.raises(ValueError, match=message):
        model_of_operation(op, attributes, inputs=4 if op == "StridedSlice" else 1)


def test_a_metric_that_was_added_to_a_model_is_shown():
    about = {"name": "add_metric", "trainable": True, "dtype": "float32", "aggregation": "mean", "metric_name": "size"}
    entry = {"class_name": "AddMetric", "config": about, "name": "add_metric",
             "inbound_nodes": [[["tf_op_layer_y", 0, 0, {}]]]}  # fmt: skip
    model = model_of_operation("Abs", entries=[entry])
    model.compile("sgd", "mse")
    found = model.evaluate(X, np.abs(X), verbose=0, return_dict=True)
    assert found == {"loss": 0.0, "size": pytest.approx(np.abs(X).mean())}


def test_slices_by_the_layer_that_releases_until_2_5_had_for_them():
    node = on_x(slice_spec=[{"start": None, "stop": None, "step": None}, {"start": 1, "stop": 3, "step": None}])
    np.testing.assert_array_equal(model_with([(None, node)], "SlicingOpLambda")(X), X[:, 1:3])


def test_one_of_several_results_and_sizes_that_are_open(tmp_path):
    calls = [
        ("split", on_x(num_or_size_splits=[1, 2], axis=-1)),
        ("compat.v1.shape", on_x(name=None, out_type="int32")),
        ("__operators__.getitem", ["call_1", 0, 0, {"slice_spec": 0}]),
        ("reshape", ["call_0", 0, 1, {"shape": [["call_2", 0, 0], 2, -1]}]),
    ]
    model = model_with(calls)
    np.testing.assert_array_equal(model(X), X[:, 1:, None])
    assert model.output_shape == (None, 2, 1)
    model.save(tmp_path / "m.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "m.keras")(X), X[:, 1:, None])


def test_an_input_that_a_function_hands_on_keeps_its_name():
    model = model_with([("identity", on_x())])
    assert model.input_names == ["x"]


def test_every_name_of_the_table_is_a_function():
    assert [name for name in NAMES if not callable(function_of(name).__wrapped__)] == []


@pytest.mark.parametrize("function", ["io.read_file", "py_function", "range", "keras.utils.get_file"])
def test_what_the_table_does_not_have_is_refused(function):
    with pytest.raises(ValueError, match=r"which is not known here\. Known ones: __operators__\.add"):
        model_with([(function, on_x())])


def test_nothing_is_computed_of_numbers_of_a_file_alone():
    with pytest.raises(ValueError, match="'tile' is called without a tensor"):
        model_with([("tile", ["_CONSTANT_VALUE", -1, [1.0], {"multiples": [10**12]}])])


def test_products_over_more_axes_than_there_are_are_refused_at_once():
    with pytest.raises(ValueError, match=r"tensordot: `axes` is 1,000,000,000, and the tensors have 2 and 2 axes"):
        model_with([("tensordot", on_x(b=[[1.0]], axes=10**9))])


@pytest.mark.parametrize(
    "function",
    [
        ("split", {"num_or_size_splits": 10**8}),
        ("unstack", {"axis": -1}),
        ("split", {"num_or_size_splits": [1] * 20_000, "axis": -1}),
    ],
)
def test_more_results_than_a_model_has_are_refused(function):
    name, kwargs = function
    calls = [("tile", on_x(multiples=[1, 10**8])), (name, ["call_0", 0, 0, kwargs])]
    with pytest.raises(ValueError, match="a file may say at most"):
        model_with(calls)


def test_layers_of_tf_keras_with_arguments_that_say_nothing_today():
    flips = {"class_name": "RandomFlip", "config": {"mode": "horizontal", "seed": None, "rng_type": "stateful"}}
    bins = {"bin_boundaries": [0.0], "num_bins": None, "epsilon": 0.01, "output_mode": "int", "trainable": True}
    heights = {"class_name": "RandomHeight", "config": {"factor": [-0.1, 0.1], "seed": None}}
    for entry in (flips, {"class_name": "Discretization", "config": bins}, heights):
        text = {"class_name": "Sequential", "config": {"name": "s", "layers": [entry]}, "keras_version": "2.15.0"}
        assert type(keras.models.model_from_json(json.dumps(text)).layers[0]).__name__ == entry["class_name"]


def test_a_slice_with_more_entries_than_arrays_have_axes_is_refused():
    with pytest.raises(ValueError, match="a slice has 100,000 entries, and arrays have at most 64 axes"):
        model_with([("__operators__.getitem", on_x(slice_spec=[0] * 100_000))])


def test_a_long_table_of_numbers_is_an_array_of_todays_floats():
    table = np.arange(99.0).reshape(33, 3)
    found = model_with(
        [("concat", [on_x(axis=0), on_x()]), ("linalg.matmul", ["call_0", 0, 0, {"b": table.T.tolist()}])]
    )
    assert found.outputs[0].dtype == "float32"
    np.testing.assert_allclose(found(X)[:2], X @ table.T, rtol=1e-5)
