"""InceptionResNetV2 as Keras 2.1 to 2.3 saved it: its blocks are added by `Lambda` layers with code in the file."""

import base64
import json

import numpy as np
import pytest

import keras

# `lambda inputs, scale: inputs[0] + inputs[1] * scale` as CPython 3.7, 2.7 and 3.11 write it
CODE = {
    "3.7": (
        b"\xe3\2\0\0\0\0\0\0\0\2\0\0\0\3\0\0\0S\0\0\0s\x14\0\0\0|\0d\1\x19\0|\0d\2\x19\0|\1\x14\0\x17\0S\0"
        b")\3N\xe9\0\0\0\0\xe9\1\0\0\0\xa9\0)\2\xda\6inputs\xda\5scaler\3\0\0\0r\3\0\0\0"
        b"\xfa\4x.py\xda\x08<lambda>\xa8\0\0\0\xf3\0\0\0\0"
    ),
    "2.7": (
        b"c\2\0\0\0\2\0\0\0\3\0\0\0S\0\0\0s\x16\0\0\0|\0\0d\1\0\x19|\0\0d\2\0\x19|\1\0\x14\x17S"
        b"(\3\0\0\0Ni\0\0\0\0i\1\0\0\0"
    ),
    "3.11": (
        b"\xf3*\0\0\0\x97\0|\0d\1\x19\0\0\0\0\0\0\0\0\0|\0d\2\x19\0\0\0\0\0\0\0\0\0|\1z\5\0\0z\0\0\0S\0"
        b")\3N\xe9\0\0\0\0\xe9\1\0\0\0"
    ),
}


def model(code, arguments):
    """What 2.3.1 wrote for two inputs and such a layer."""
    function = [base64.encodebytes(code).decode(), None, None]
    inputs = [
        {"class_name": "InputLayer", "name": name, "inbound_nodes": [],
         "config": {"batch_input_shape": [None, 2], "dtype": "float32", "sparse": False, "name": name}}
        for name in "ab"
    ]  # fmt: skip
    block = {
        "class_name": "Lambda", "name": "block35_1", "inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0, {}]]],
        "config": {"name": "block35_1", "trainable": True, "dtype": "float32", "function": function,
                   "function_type": "lambda", "output_shape": [2], "output_shape_type": "raw", "arguments": arguments},
    }  # fmt: skip
    config = {
        "name": "inception_resnet_v2", "layers": [*inputs, block], "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["block35_1", 0, 0]],
    }  # fmt: skip
    text = {"class_name": "Model", "config": config, "keras_version": "2.3.1", "backend": "tensorflow"}
    return keras.models.model_from_json(json.dumps(text))


def test_blocks_of_inception_resnet_v2_are_added_by_todays_layer():
    for code in CODE.values():
        found = model(code, {"scale": 0.25})
        assert found.layers[-1].get_config()["scale"] == 0.25
        assert (found.layers[-1].name, type(found.layers[-1]).__name__) == ("block35_1", "CustomScaleLayer")
    np.testing.assert_allclose(found([np.ones((1, 2)), np.full((1, 2), 8.0)]), [[3, 3]])


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        ((b"\xe9\0\0\0\0\xe9\1\0\0\0", b"\xe9\1\0\0\0\xe9\0\0\0\0"), {"scale": 0.25}),  # inputs[1] + inputs[0] * scale
        ((b"\x14\0\x17", b"\x17\0\x14"), {"scale": 0.25}),
        ((b"", b""), {"scale": 0.25, "more": 1}),
        ((b"", b""), {"scale": [0.25]}),
    ],
    ids=["other order", "other operations", "other arguments", "no number"],
)
def test_other_code_is_not_run_nor_taken_for_it(change, arguments):
    with pytest.raises(ValueError, match="'block35_1': its function is a lambda, and configs hold no code"):
        model(CODE["3.7"].replace(*change), arguments)
