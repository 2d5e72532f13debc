"""ONNX files, compared with what ONNX Runtime computes from them."""

import jax
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
    if not symbol.dtype.startswith("float"):
        return draws.integers(0, 2 if symbol.dtype == "bool" else 5, shape).astype(symbol.dtype)
    return draws.normal(size=shape).astype(symbol.dtype) * 2


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


class Squared(layers.Layer):
    """A layer of one's own, with a layer inside."""

    def __init__(self):
        super().__init__(name="squared")
        self.inner = layers.Dense(3, name="inner")

    def call(self, x):
        return keras.ops.square(self.inner(x))


def test_layers_functions_and_activations_of_ones_own_are_written_step_by_step(tmp_path):
    x = Input((4,))
    y = Squared()(x)
    made = [y, layers.Dense(2, activation=lambda v: v * v)(y), layers.Lambda(lambda v: v[:, ::2] - 1)(x)]
    compare(keras.Model(x, made), tmp_path / "model.onnx")
    proto = onnx.load(tmp_path / "model.onnx")
    assert {"squared/inner/kernel", "squared/inner/bias"} < {t.name for t in proto.graph.initializer}
    assert any(n.name == "squared/MatMul" for n in proto.graph.node)


def test_functions_between_layers_compute_the_same(tmp_path):
    ops, x, i = keras.ops, Input((4, 5)), Input((3,), dtype="int32")
    made = [
        ops.cumsum(x, axis=1), ops.cumprod(x, axis=1), ops.sort(x, axis=-1), ops.argmax(x, axis=-1),
        ops.top_k(x, 2)[0], ops.where(x > 0, x, ops.expm1(x)), ops.one_hot(i, 5), ops.take(x, [2, 0], axis=1),
        ops.take_along_axis(x, ops.argsort(x, axis=1), axis=1), x[:, 1:, ::2], ops.logsumexp(x, axis=1),
        ops.gelu(x), ops.einsum("bij,bkj->bik", x, x), ops.sin(x) * ops.floor(x), ops.std(x, axis=1),
        ops.mod(i, 3), i // 2, ops.any(x > 1, axis=-1), ops.roll(x, 1, axis=1), ops.tile(x, (1, 2, 1)),
        ops.pad(x, ((0, 0), (1, 2), (0, 0)), mode="reflect"), ops.round(x), ops.logical_not(x > 0),
        ops.image.resize(ops.reshape(x, (-1, 4, 5, 1)), (7, 8)), ops.arctan2(x, x + 1), ops.repeat(x, 2, axis=1),
    ]  # fmt: skip
    compare(keras.Model([x, i], made), tmp_path / "model.onnx")


def test_loops_and_branches_compute_the_same(tmp_path):
    def doubled_until_large(v):
        return keras.ops.while_loop(lambda n, v: n < 3, lambda n, v: (n + 1, 2 * v), (0, v))[1]

    def by_sign(v):
        return keras.ops.cond(keras.ops.sum(v) > 0, lambda: 2 * v, lambda: v - 1)

    x = Input((4,))
    compare(keras.Model(x, [layers.Lambda(f)(x) for f in (doubled_until_large, by_sign)]), tmp_path / "model.onnx")


def test_masks_travel_through_a_network_of_any_length(tmp_path):
    words, others = Input((None,), dtype="int32"), Input((None,), dtype="int32")
    a, b = (layers.Embedding(5, 4, mask_zero=True)(x) for x in (words, others))
    y = layers.Dense(3)(layers.Dropout(0.5)(a))
    made = [
        layers.LSTM(3, return_sequences=True)(y), layers.GRU(2, go_backwards=True)(y),
        layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True))(y), layers.GlobalAveragePooling1D()(y),
        layers.LSTM(2)(layers.Masking(0.0)(layers.TimeDistributed(layers.Dense(2))(y))),
        layers.Attention()([a, b]), layers.MultiHeadAttention(2, 3)(a, b),
    ]  # fmt: skip
    compare(keras.Model([words, others], made), tmp_path / "model.onnx", rows=(1, 3))


def test_attention_takes_a_mask_that_is_given_and_returns_its_scores(tmp_path):
    x, mask = Input((5, 4)), Input((5, 5), dtype="bool")
    attended, scores = layers.MultiHeadAttention(2, 3)(x, x, attention_mask=mask, return_attention_scores=True)
    causal = layers.GroupQueryAttention(2, 4, 2)(x, x, use_causal_mask=True)
    compare(keras.Model([x, mask], [attended, scores, causal]), tmp_path / "model.onnx")


class Cell(layers.Layer):
    """A cell of one's own: h = tanh(x w + h / 2)."""

    state_size = output_size = 3

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), name="w")

    def call(self, x, states):
        h = keras.ops.tanh(x @ self.w + 0.5 * states[0])
        return h, [h]


def test_cells_of_ones_own_and_convolutions_over_time_take_any_length(tmp_path):
    x, frames = Input((None, 3)), Input((None, 4, 3, 2))
    made = [
        layers.RNN(Cell(), return_sequences=True)(x),
        layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)])(x),
        layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True)(frames),
    ]
    compare(keras.Model([x, frames], made), tmp_path / "model.onnx")


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__(name="subclassed")
        self.dense, self.norm, self.lstm = layers.Dense(3), layers.BatchNormalization(), layers.LSTM(2)

    def call(self, x, training=False):
        return {"a": self.norm(self.dense(x), training=training), "b": self.lstm(x)}


class Ratio(keras.Model):
    def call(self, inputs):
        return inputs["over"] / inputs["under"]


def test_a_model_with_a_call_of_its_own_that_was_called_needs_no_signature(tmp_path):
    model, path = Ratio(), tmp_path / "model.onnx"
    given = {"over": np.full((2, 3), 6.0, "float32"), "under": np.full((2, 3), 4.0, "float32")}
    model(given)
    model.export(path, verbose=False)
    session = runtime.InferenceSession(path)
    names = [x.name for x in session.get_inputs()]
    found = session.run(None, {n: np.concatenate([x, x]) for n, x in zip(names, given.values())})
    np.testing.assert_array_equal(found[0], np.full((4, 3), 1.5))


def test_a_model_with_a_call_of_its_own_is_traced(tmp_path):
    model, path = Subclassed(), tmp_path / "model.onnx"
    with pytest.raises(ValueError, match="subclassed needs `input_signature`"):
        model.export(path)
    x = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 4, 3)
    wanted = model(x)
    model.export(path, input_signature=[keras.InputSpec(shape=(None, None, 3))], verbose=False)
    got = runtime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {"input": x})
    for mine, its in zip(keras.tree.flatten(wanted), got):
        np.testing.assert_allclose(its, mine, rtol=1e-5, atol=1e-6)


def test_the_signature_may_name_the_inputs(tmp_path):
    x, path = Input((4,), name="x"), tmp_path / "model.onnx"
    model = keras.Model(x, layers.ReLU()(x))
    model.export(path, input_signature=[keras.InputSpec(shape=(None, 4), name="image")], verbose=False)
    assert [i.name for i in runtime.InferenceSession(path).get_inputs()] == ["image"]


@pytest.mark.parametrize("policy", ["mixed_float16", "bfloat16"])
def test_16_bits_in_the_model_are_32_in_the_file(policy, tmp_path):
    x = Input((6, 6, 3))
    y = layers.BatchNormalization(dtype=policy)(layers.Conv2D(4, 3, activation="relu", dtype=policy)(x))
    model = started(keras.Model(x, layers.UnitNormalization()(layers.Dense(2, dtype="float32")(y))))
    running = session(model, tmp_path / "model.onnx")
    value = data(x, 2)
    (got,) = running.run(None, {model.input_names[0]: value})
    np.testing.assert_allclose(got, model(value), atol=0.05)
    kinds = {t.data_type for t in onnx.load(tmp_path / "model.onnx").graph.initializer}
    assert kinds <= {onnx.TensorProto.FLOAT, onnx.TensorProto.INT64}


@pytest.mark.parametrize("mode", ["int8", "int4"])
def test_quantised_layers_compute_the_same(mode, tmp_path):
    x = Input((8,))
    model = started(keras.Model(x, layers.Dense(4)(layers.EinsumDense("ab,bc->ac", 8)(x))))
    model.quantize(mode)
    value = data(x, 3)
    (got,) = session(model, tmp_path / "model.onnx").run(None, {model.input_names[0]: value})
    np.testing.assert_allclose(got, model(value), rtol=1e-5, atol=1e-5)


def test_inputs_by_name_of_a_model_inside_another(tmp_path):
    a, b = Input((3,), name="a"), Input((2,), name="b")
    outputs = {"sum": layers.Dense(2)(a), "both": layers.Concatenate()([a, b])}
    inner = keras.Model({"a": a, "b": b}, outputs, name="inner")
    x, y = Input((3,), name="x"), Input((2,), name="y")
    made = inner({"a": x, "b": y})
    compare(keras.Model([x, y], [made["both"], made["sum"]]), tmp_path / "model.onnx")


def test_layers_of_older_years_compute_the_same(tmp_path):
    x, sequence, image = Input((6,)), Input((5, 4)), Input((6, 6, 3))
    made = [layers.Highway()(x), layers.MaxoutDense(3)(x), layers.SReLU()(x), layers.ThresholdedReLU(0.5)(x)]
    made += [layers.LocallyConnected1D(2, 2)(sequence), layers.LocallyConnected2D(2, 2)(image)]
    compare(keras.Model([x, sequence, image], made), tmp_path / "model.onnx")


def test_text_is_looked_up_in_onnx_too(tmp_path):
    words = Input((2,), dtype="string", name="words")
    lookup = layers.StringLookup(vocabulary=["oak", "fir"], output_mode="multi_hot")
    model = keras.Model(words, layers.Dense(3)(lookup(words)))
    running = session(started(model), tmp_path / "model.onnx")
    value = np.array([["fir", "elm"], ["oak", "oak"]])
    (got,) = running.run(None, {"words": value.astype(object)})
    np.testing.assert_allclose(got, model(value), rtol=1e-5)


class Guessed(layers.Layer):
    def call(self, x):
        return x + keras.random.normal((4,), seed=keras.random.SeedGenerator(1))


def test_all_layers_that_cannot_be_written_are_named_and_the_file_before_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    x, text = Input((4,)), Input((1,), dtype="string")
    y = layers.TextVectorization(vocabulary=["a"], output_mode="count", name="words")(text)
    z = layers.Hashing(3, name="hashed")(Input((2,), dtype="int32"))
    inner = keras.Sequential([Input((4,)), Guessed(name="mine")], name="inner")
    tanned = layers.Lambda(lambda v: jax.scipy.special.digamma(v), name="tanned")(x)
    model = keras.Model([x, text, z._keras_history.operation.input], [inner(x), y, z, tanned])
    path = tmp_path / "model.onnx"
    path.write_bytes(b"the one before")
    with pytest.raises(ValueError, match=r"cannot be written in ONNX") as caught:
        model.export(path)
    for line in (
        "inner/mine: it assigns mine/seed_generator",
        "words: it reads text in a way that ONNX does not know",
        "hashed: it calls Python while it computes",
        "tanned: there is no counterpart of the operation 'digamma'",
        "Export to 'stablehlo'",
    ):
        assert line in str(caught.value)
    assert path.read_bytes() == b"the one before"
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


def test_float8_and_an_old_opset_are_refused(tmp_path):
    model = keras.Sequential([Input((2,)), layers.Dense(1, name="dense")])
    with pytest.raises(ValueError, match="`opset_version` must be at least 18"):
        model.export(tmp_path / "model.onnx", opset_version=9)
    model.quantize("float8")
    with pytest.raises(ValueError, match="dense: it computes in float8"):
        model.export(tmp_path / "model.onnx")


def test_jax2onnx_writes_what_cannot_be_written_here(tmp_path):
    pytest.importorskip("jax2onnx")
    x = Input((4,))
    model = keras.Sequential([x, layers.Lambda(lambda v: jax.scipy.special.digamma(v + 3))])
    compare(model, tmp_path / "model.onnx")


def test_words_and_their_mask_are_of_one_length_that_is_not_known(tmp_path):
    words = keras.Input((None,), dtype="int32", name="words")
    kinds = keras.Input((None,), dtype="int32", name="kinds")
    keep = keras.Input((None,), dtype="bool", name="keep")
    h = layers.Embedding(9, 4)(words) + layers.Embedding(2, 4)(kinds)
    h = layers.MultiHeadAttention(2, 2)(h, h, attention_mask=keras.ops.expand_dims(keep, 1))
    model = keras.Model([words, kinds, keep], layers.GlobalAveragePooling1D()(h))
    path = tmp_path / "words.onnx"
    model.export(path, format="onnx", verbose=False)
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    model.export(tmp_path / "words.stablehlo", format="stablehlo", verbose=False)
    again = keras.export.load(tmp_path / "words.stablehlo")
    for rows, length in ((1, 3), (2, 7)):
        places = np.arange(rows * length).reshape(rows, length)
        given = {"words": places % 9, "kinds": places % 2, "keep": places % 3 < 2}
        given = {name: x.astype("bool" if name == "keep" else "int32") for name, x in given.items()}
        expected = model(list(given.values()))
        np.testing.assert_allclose(session.run(None, given)[0], expected, atol=1e-6)
        np.testing.assert_allclose(again.serve(list(given.values())), expected, atol=1e-6)
