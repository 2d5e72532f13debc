"""ONNX files, compared with what ONNX Runtime computes from them."""

import numpy as np
import pytest

import keras
from keras import Input, layers

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")


def started(model):
    """The model with weights that are nowhere zero or one."""
    draws = np.random.default_rng(0)
    for variable in model.variables:
        if variable.dtype == "float32":
            variable.assign(draws.uniform(0.2, 0.9, variable.shape) * draws.choice([-1, 1], variable.shape))
        if "variance" in variable.path:
            variable.assign(np.abs(variable))
    return model


def session(model, path):
    model.export(path, verbose=False)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def data(symbol, rows, sizes=4):
    shape = (rows, *(sizes if n is None else n for n in symbol.shape[1:]))
    draws = np.random.default_rng(1)
    return draws.integers(0, 5, shape).astype(symbol.dtype) if "int" in symbol.dtype else (
        draws.normal(size=shape).astype(symbol.dtype) * 2
    )  # fmt: skip


def compare(model, path, rows=(3,)):
    model = started(model)
    running = session(model, path)
    for count in rows:
        inputs = [data(x, count) for x in model.inputs]
        got = running.run(None, dict(zip(model.input_names, inputs)))
        wanted = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
        for mine, its in zip(keras.tree.flatten(wanted), got):
            np.testing.assert_allclose(its, mine, rtol=2e-5, atol=2e-5)
            assert its.dtype == mine.dtype


SEQUENCE, IMAGE, VOLUME, VECTOR = (5, 4), (6, 7, 4), (4, 5, 4, 2), (6,)

LAYERS = [
    ("Dense", layers.Dense(3, activation="relu"), VECTOR),
    ("Dense without a bias, on sequences", layers.Dense(3, use_bias=False), (None, 4)),
    ("Conv1D", layers.Conv1D(3, 2), SEQUENCE),
    ("Conv1D, causal, dilated", layers.Conv1D(3, 2, padding="causal", dilation_rate=2, activation="tanh"), SEQUENCE),
    ("Conv1D, steps not known", layers.Conv1D(3, 3, padding="same", strides=2), (None, 4)),
    ("Conv2D, same, strides", layers.Conv2D(3, (3, 2), padding="same", strides=2, use_bias=False), IMAGE),
    ("Conv2D, same, even", layers.Conv2D(3, 4, padding="same"), IMAGE),
    ("Conv2D, dilated", layers.Conv2D(3, 3, padding="same", dilation_rate=2), IMAGE),
    ("Conv2D, groups", layers.Conv2D(4, 3, groups=2), IMAGE),
    ("Conv2D, channels first", layers.Conv2D(3, 3, data_format="channels_first"), (4, 6, 7)),
    ("Conv3D", layers.Conv3D(3, 2, padding="same"), VOLUME),
    ("DepthwiseConv1D", layers.DepthwiseConv1D(3, depth_multiplier=2, padding="same"), SEQUENCE),
    ("DepthwiseConv2D", layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2), IMAGE),
    ("SeparableConv1D", layers.SeparableConv1D(3, 2, padding="causal"), SEQUENCE),
    ("SeparableConv2D", layers.SeparableConv2D(3, 3, padding="same", depth_multiplier=2, activation="elu"), IMAGE),
    ("Conv1DTranspose", layers.Conv1DTranspose(3, 3, strides=2), SEQUENCE),
    ("Conv2DTranspose, same", layers.Conv2DTranspose(3, 3, strides=2, padding="same"), IMAGE),
    ("Conv2DTranspose, same, even", layers.Conv2DTranspose(3, 4, strides=3, padding="same", activation="relu"), IMAGE),
    ("Conv2DTranspose, strides above the kernel", layers.Conv2DTranspose(3, 2, strides=3), IMAGE),
    ("Conv2DTranspose, strides above the kernel, same", layers.Conv2DTranspose(3, 1, 2, padding="same"), IMAGE),
    ("Conv2DTranspose, output_padding", layers.Conv2DTranspose(3, 3, 2, "same", output_padding=1), IMAGE),
    ("Conv2DTranspose, valid, output_padding", layers.Conv2DTranspose(3, 3, 2, "valid", output_padding=0), IMAGE),
    ("Conv2DTranspose, dilated", layers.Conv2DTranspose(3, 3, dilation_rate=2, padding="same"), IMAGE),
    ("Conv3DTranspose", layers.Conv3DTranspose(3, 2, strides=2), VOLUME),
    ("MaxPooling1D", layers.MaxPooling1D(2), SEQUENCE),
    ("MaxPooling2D, same", layers.MaxPooling2D(3, strides=2, padding="same"), IMAGE),
    ("MaxPooling3D", layers.MaxPooling3D(2), VOLUME),
    ("AveragePooling1D, same", layers.AveragePooling1D(3, strides=2, padding="same"), SEQUENCE),
    ("AveragePooling2D, same, overlapping", layers.AveragePooling2D(2, strides=1, padding="same"), IMAGE),
    ("AveragePooling2D, channels first", layers.AveragePooling2D(2, data_format="channels_first"), (4, 6, 7)),
    ("AveragePooling3D", layers.AveragePooling3D(2), VOLUME),
    ("GlobalAveragePooling1D", layers.GlobalAveragePooling1D(), (None, 4)),
    ("GlobalAveragePooling2D", layers.GlobalAveragePooling2D(keepdims=True), IMAGE),
    ("GlobalMaxPooling2D", layers.GlobalMaxPooling2D(data_format="channels_first"), IMAGE),
    ("GlobalMaxPooling3D", layers.GlobalMaxPooling3D(), VOLUME),
    ("BatchNormalization", layers.BatchNormalization(), IMAGE),
    ("BatchNormalization, axis 1", layers.BatchNormalization(axis=1, scale=False), IMAGE),
    ("LayerNormalization", layers.LayerNormalization(), SEQUENCE),
    ("LayerNormalization, two axes", layers.LayerNormalization(axis=(1, -1), center=False), SEQUENCE),
    ("LayerNormalization, rms_scaling", layers.LayerNormalization(rms_scaling=True), SEQUENCE),
    ("Dropout", layers.Dropout(0.5), VECTOR),
    ("SpatialDropout1D", layers.SpatialDropout1D(0.5), SEQUENCE),
    ("Flatten", layers.Flatten(), IMAGE),
    ("Flatten, channels first", layers.Flatten(data_format="channels_first"), IMAGE),
    ("Reshape", layers.Reshape((2, -1)), SEQUENCE),
    ("Reshape, sizes not known", layers.Reshape((-1, 2)), (None, 4)),
    ("Permute", layers.Permute((3, 1, 2)), IMAGE),
    ("RepeatVector", layers.RepeatVector(3), VECTOR),
    ("Embedding", layers.Embedding(5, 3), "int32"),
    ("ZeroPadding1D", layers.ZeroPadding1D((1, 2)), SEQUENCE),
    ("ZeroPadding2D", layers.ZeroPadding2D(((1, 0), (2, 3))), IMAGE),
    ("ZeroPadding3D", layers.ZeroPadding3D(1), VOLUME),
    ("Cropping1D", layers.Cropping1D((1, 2)), SEQUENCE),
    ("Cropping2D", layers.Cropping2D(((1, 0), (2, 3)), data_format="channels_first"), IMAGE),
    ("Cropping2D of nothing", layers.Cropping2D(0), IMAGE),
    ("Cropping3D", layers.Cropping3D(((1, 1), (0, 2), (1, 0))), VOLUME),
    ("UpSampling1D", layers.UpSampling1D(3), SEQUENCE),
    ("UpSampling2D", layers.UpSampling2D((2, 3)), IMAGE),
    ("UpSampling2D, bilinear", layers.UpSampling2D((2, 3), interpolation="bilinear"), IMAGE),
    ("UpSampling2D, bicubic", layers.UpSampling2D(2, interpolation="bicubic"), IMAGE),
    ("UpSampling3D", layers.UpSampling3D(2), VOLUME),
    ("Softmax", layers.Softmax(axis=1), SEQUENCE),
    ("Softmax, two axes", layers.Softmax(axis=(1, 2)), SEQUENCE),
    ("PReLU", layers.PReLU(shared_axes=[1, 2]), IMAGE),
    ("LeakyReLU", layers.LeakyReLU(0.1), VECTOR),
    ("ELU", layers.ELU(0.7), VECTOR),
    ("ReLU", layers.ReLU(), VECTOR),
    ("ReLU, everything set", layers.ReLU(1.5, 0.2, 0.3), VECTOR),
    ("Rescaling", layers.Rescaling([0.5, 2.0, 1.0, 3.0], 0.1), SEQUENCE),
    ("Normalization", layers.Normalization(), SEQUENCE),
    ("Normalization, given", layers.Normalization(mean=2.0, variance=4.0, invert=True, axis=None), SEQUENCE),
    ("Masking", layers.Masking(0.0), SEQUENCE),
    ("TimeDistributed Conv2D", layers.TimeDistributed(layers.Conv2D(2, 2)), (3, 4, 4, 2)),
    ("TimeDistributed, steps not known", layers.TimeDistributed(layers.Dense(2, activation="relu")), (None, 4)),
    ("SimpleRNN", layers.SimpleRNN(3), SEQUENCE),
    ("SimpleRNN, linear, backwards", layers.SimpleRNN(3, "linear", go_backwards=True, return_sequences=True), SEQUENCE),
    ("GRU", layers.GRU(3, return_sequences=True), (None, 4)),
    ("GRU, reset before", layers.GRU(3, reset_after=False, recurrent_activation="hard_sigmoid"), SEQUENCE),
    ("GRU, backwards", layers.GRU(3, go_backwards=True, return_sequences=True, use_bias=False), SEQUENCE),
    ("LSTM", layers.LSTM(3), (None, 4)),
    ("LSTM, backwards, hard_sigmoid, softsign",
     layers.LSTM(3, "softsign", "hard_sigmoid", go_backwards=True, return_sequences=True), SEQUENCE),
    ("LSTM, states", layers.LSTM(3, return_sequences=True, return_state=True), SEQUENCE),
    ("Bidirectional LSTM", layers.Bidirectional(layers.LSTM(3, return_sequences=True)), (None, 4)),
    ("Bidirectional GRU, sum", layers.Bidirectional(layers.GRU(3), merge_mode="sum"), SEQUENCE),
    ("Bidirectional SimpleRNN, both", layers.Bidirectional(layers.SimpleRNN(3), merge_mode=None), SEQUENCE),
    ("Bidirectional LSTM, states",
     layers.Bidirectional(layers.LSTM(3, return_state=True, return_sequences=True), merge_mode="ave"), SEQUENCE),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "shape"), [c[1:] for c in LAYERS], ids=[c[0] for c in LAYERS])
def test_a_layer_computes_the_same_in_onnx_runtime(layer, shape, tmp_path):
    layer = type(layer).from_config(layer.get_config())
    x = Input((5,), dtype=shape) if isinstance(shape, str) else Input(shape)
    compare(keras.Model(x, layer(x)), tmp_path / "layer.onnx")


def test_every_activation_computes_the_same_in_onnx_runtime(tmp_path):
    others = {"get", "serialize", "deserialize", "glu", "sparsemax", "threshold"}
    names = [name for name in keras.activations.__all__ if name not in others]
    x = Input((6,))
    compare(keras.Model(x, [layers.Activation(name)(x) for name in names]), tmp_path / "activations.onnx")


def test_layers_and_functions_of_several_tensors_compute_the_same(tmp_path):
    a, b, vector = Input((3, 4), name="a"), Input((3, 4), name="b"), Input((4,), name="vector")
    merged = [layer([a, b]) for layer in (
        layers.Add(), layers.Subtract(), layers.Multiply(), layers.Average(), layers.Maximum(), layers.Minimum(),
        layers.Concatenate(), layers.Concatenate(axis=1), layers.Dot(axes=2), layers.Dot(axes=(1, 1), normalize=True),
    )]  # fmt: skip
    functions = [
        a + b,
        2 * a - b / 3,
        keras.ops.maximum(a, b),
        keras.ops.concatenate([a, b], axis=1),
        keras.ops.tanh(a),
    ]
    with_vector = [layers.Add()([a, vector, b]), layers.Dot(axes=1)([vector, vector])]
    compare(keras.Model([a, b, vector], merged + functions + with_vector), tmp_path / "merged.onnx")


def test_nested_models_shared_layers_several_inputs_and_outputs_for_any_batch(tmp_path):
    inner = keras.Sequential(
        [Input((4,)), layers.Dense(3, activation="relu"), layers.BatchNormalization()], name="inner"
    )
    shared = layers.Dense(2, name="shared")
    a, b, words = Input((4,), name="a"), Input((4,), name="b"), Input((None,), dtype="int32", name="words")
    sequence, *state = layers.LSTM(3, return_sequences=True, return_state=True)(layers.Embedding(5, 3)(words))
    again = layers.LSTM(3)(sequence, initial_state=state)
    one, other = shared(inner(a)), shared(inner(b))
    outputs = {"one": one, "both": layers.Concatenate(name="joined")([one, other, again]), "same": a}
    model = keras.Model([a, b, words], outputs, name="outer")
    compare(model, tmp_path / "model.onnx", rows=(1, 4))

    proto = onnx.load(tmp_path / "model.onnx")
    assert [x.name for x in proto.graph.input] == ["a", "b", "words"]
    assert proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    names = {n.name for n in proto.graph.node}
    assert {"shared/MatMul", "shared/MatMul_1"} < names
    dense = inner.layers[0].name
    assert {f"inner/{dense}/MatMul", f"inner/{dense}/MatMul_1"} < names
    kernels = [t for t in proto.graph.initializer if t.name.startswith("shared/kernel")]
    assert len(kernels) == 1  # a shared layer's weights are kept once


class Doubled(layers.Layer):
    def call(self, x):
        return 2 * x


def test_all_layers_that_cannot_be_written_are_named_before_anything_is(tmp_path):
    x = Input((4,))
    y = layers.UnitNormalization(name="unit")(Doubled(name="mine")(x))
    path = tmp_path / "model.onnx"
    path.write_bytes(b"the one before")
    with pytest.raises(
        ValueError, match=r"(?s)mine: Doubled is a class of its own.*unit: there is no translation of"
    ) as e:
        keras.Model(x, y).export(path)
    assert "stablehlo" in str(e.value)
    assert path.read_bytes() == b"the one before"
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


REFUSED = {
    "its activation": (lambda x: layers.Dense(2, activation=lambda y: y, name="d")(x), "d: the activation '<lambda>'"),
    "half precision": (lambda x: layers.Dense(2, dtype="float16", name="d")(x), "d: it computes in float16"),
    "lanczos": (
        lambda x: layers.UpSampling2D(interpolation="lanczos3", name="d")(layers.Reshape((2, 2, 1))(x)),
        "d: interpolation='lanczos3'",
    ),
    "a mask": (lambda x: layers.LSTM(2, name="d")(layers.Embedding(5, 2, mask_zero=True)(x)), "d: it gets a mask"),
    "another formula": (lambda x: keras.ops.gelu(x), "no translation of the function gelu"),
    "a function": (lambda x: keras.ops.cumsum(x, axis=-1), "no translation of the function cumsum"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_cannot_be_written_are_refused(case, tmp_path):
    make, message = REFUSED[case]
    x = Input((4,))
    with pytest.raises(ValueError, match=message):
        keras.Model(x, make(x)).export(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_class_with_a_call_of_its_own_is_no_graph(tmp_path):
    class Mine(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match=r"no graph of layers.*\n.*export to 'stablehlo'"):
        Mine(name="mine").export(tmp_path / "model.onnx")
    with pytest.raises(ValueError, match="`opset_version` must be at least 18"):
        keras.Sequential([Input((2,)), layers.Dense(1)]).export(tmp_path / "model.onnx", opset_version=9)
