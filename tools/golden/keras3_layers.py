"""Asks Keras 3 on JAX what its layers return, with gradients, shapes, masks and updated state.

    KERAS_BACKEND=jax PYTHON keras3_layers.py FOLDER

PYTHON is an interpreter with Keras 3 (values now stored: see `made_by` in the index) and JAX, on the CPU; FOLDER is
where `layers.json` and `layers.npz` go, as a rule tests/golden.
"""

import sys

import numpy as np
from asking import Draw, Table, ask, draw_for, new

TABLE = Table("layers")


def chain(*layers):
    return new("Sequential", layers=list(layers))


def real(*shape, low=-2.0, high=2.0):
    return lambda draw: draw.real(*shape, low=low, high=high)


def tokens(below, *shape):
    return lambda draw: draw.integers(below, *shape)


def hide(array, steps):
    """Sets to zero what stands at these (row, step) places."""

    def drawn(draw):
        value = array(draw)
        for row, step in steps:
            value[row, step] = 0
        return value

    return drawn


def layer(kind, inputs, call=None, label="", spread=False, **arguments):
    """Adds a question about `keras.layers.KIND(**arguments)`."""
    short = label or "-".join(f"{key}={value}" for key, value in arguments.items() if not isinstance(value, dict))
    question(f"{kind}:{short}", new(f"layers.{kind}", **arguments), inputs, call, spread=spread)


def question(name, spec, inputs, call=None, previous_mask="none asked", stateful=False, spread=False):
    draw = draw_for(name.replace(" ", ""))
    inputs = [one(draw) for one in inputs] if isinstance(inputs, list) else inputs(draw)
    more = {} if isinstance(previous_mask, str) else {"previous_mask": previous_mask}
    if spread:  # the inputs are arguments of their own
        more["spread"] = True
    TABLE.add(name, layer=spec, inputs=inputs, call=call or {}, stateful=stateful, **more)


def weights_for(layer, draw):
    """Random weights; variances are kept positive."""
    return [
        draw.positive(*weight.shape) if "variance" in weight.name else 0.5 * draw.real(*weight.shape)
        for weight in layer.weights
    ]


FIRST = {"data_format": "channels_first"}
STEPS_MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 0, 1, 1]], bool)
PAIR_MASK = np.array([[1, 0, 1, 1, 1], [0, 1, 1, 1, 0], [0, 1, 0, 1, 1]], bool)


def core_layers():
    flat, steps = real(3, 4), real(2, 3, 4)
    layer("Dense", flat, units=5)
    layer("Dense", steps, units=5, label="3D")
    layer("Dense", real(2, 2, 3, 4), units=2, label="4D")
    layer("Dense", flat, units=5, use_bias=False)
    for name in ("relu", "tanh", "sigmoid", "softmax", "gelu"):
        layer("Dense", flat, units=4, activation=name)
    layer(
        "Dense",
        flat,
        label="regularized",
        units=3,
        kernel_regularizer="l2",
        bias_regularizer=new("regularizers.L1", l1=0.1),
        activity_regularizer=new("regularizers.L2", l2=0.05),
    )
    layer(
        "Dense",
        flat,
        label="constrained",
        units=3,
        kernel_constraint="max_norm",
        bias_constraint="non_neg",
    )
    for name in ("relu", "softmax", "silu", "hard_sigmoid", "linear"):
        layer("Activation", flat, activation=name)
    for training in (False, None):
        layer("Dropout", flat, {"training": training}, rate=0.4, label=f"training={training}")
        layer("GaussianNoise", flat, {"training": training}, stddev=0.4, label=f"training={training}")
    layer("Dropout", flat, {"training": True}, rate=0.0, label="rate=0-training=True")
    layer("GaussianNoise", flat, {"training": True}, stddev=0.0, label="stddev=0-training=True")
    layer("Flatten", steps, label="3D")
    layer("Flatten", real(2, 3, 2, 2), label="4D")
    layer("Flatten", real(2, 3, 2, 2), **FIRST)
    layer("Flatten", real(2, 3, 4), label="3D-channels_first", **FIRST)
    layer("Flatten", real(4), label="1D")
    layer("Flatten", flat, label="2D")
    layer("Reshape", real(2, 12), target_shape=[3, 4])
    layer("Reshape", real(2, 12), target_shape=[-1, 2, 3])
    layer("Reshape", steps, target_shape=[-1])
    layer("Reshape", real(2, 1), target_shape=[], label="scalar")
    layer("Permute", steps, dims=[2, 1])
    layer("Permute", real(2, 2, 3, 4), dims=[3, 1, 2])
    layer("RepeatVector", flat, n=3)
    layer("Lambda", flat, function={"$function": "double"}, label="function")
    layer(
        "Lambda",
        flat,
        function={"$function": "scale_and_shift"},
        arguments={"scale": 3.0, "shift": 0.5},
        label="arguments",
    )
    layer("ActivityRegularization", flat, l1=0.1)
    layer("ActivityRegularization", flat, l2=0.1)
    layer("ActivityRegularization", steps, l1=0.1, l2=0.2)
    layer("Embedding", tokens(6, 3, 4), input_dim=6, output_dim=3)
    layer("Embedding", tokens(6, 3), input_dim=6, output_dim=3, label="1D")
    layer("Embedding", tokens(6, 2, 2, 3), input_dim=6, output_dim=2, label="3D")
    layer("Embedding", tokens(6, 3, 4), input_dim=6, output_dim=3, label="regularized", embeddings_regularizer="l2")
    layer("Embedding", lambda draw: draw.integers(6, 3, 4).astype("float32"), input_dim=6, output_dim=3, label="floats")
    question(
        "Embedding:mask_zero",
        new("layers.Embedding", input_dim=6, output_dim=3, mask_zero=True),
        tokens(3, 3, 4),
        previous_mask=None,
    )
    question(
        "Embedding:no-mask", new("layers.Embedding", input_dim=6, output_dim=3), tokens(3, 3, 4), previous_mask=None
    )
    hidden = hide(steps, [(0, 1), (1, 0), (1, 2)])
    question("Masking:default", new("layers.Masking"), hidden, previous_mask=None)
    question(
        "Masking:mask_value",
        new("layers.Masking", mask_value=1.0),
        lambda draw: np.where(draw.chance(2, 3, 1), draw.real(2, 3, 4), np.float32(1.0)),
        previous_mask=None,
    )
    question("Dropout:keeps-mask", new("layers.Dropout", rate=0.5), steps, previous_mask=STEPS_MASK[:2, :3])
    question("Dense:keeps-mask", new("layers.Dense", units=2), steps, previous_mask=STEPS_MASK[:2, :3])
    question(
        "Activation:keeps-mask", new("layers.Activation", activation="relu"), steps, previous_mask=STEPS_MASK[:2, :3]
    )


def merging_layers():
    two, three = [real(2, 3, 4)] * 2, [real(2, 3, 4)] * 3
    for kind in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        layer(kind, two, label="two")
        layer(kind, three, label="three")
    layer("Subtract", two, label="two")
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        layer(kind, [real(2, 3, 4), real(2, 1, 4)], label="broadcast-axis")
        layer(kind, [real(2, 4), real(2, 3, 4)], label="broadcast-rank")
        layer(kind, [real(2, 3, 4), real(2, 3, 1)], label="broadcast-last")
    for axis in (1, -1, -2):
        layer("Concatenate", [real(2, 3, 3), real(2, 3, 3)], axis=axis)
    layer("Concatenate", [real(2, 3, 4), real(2, 1, 4), real(2, 2, 4)], axis=1, label="uneven")
    masks = [STEPS_MASK, PAIR_MASK]
    both = [real(3, 5, 2), real(3, 5, 2)]
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        question(f"{kind}:masks", new(f"layers.{kind}"), both, previous_mask=masks)
        question(f"{kind}:one-mask", new(f"layers.{kind}"), both, previous_mask=[STEPS_MASK, None])
        question(f"{kind}:no-masks", new(f"layers.{kind}"), both, previous_mask=[None, None])
    question("Concatenate:masks-in-time", new("layers.Concatenate", axis=1), both, previous_mask=masks)
    question("Concatenate:one-mask-in-time", new("layers.Concatenate", axis=1), both, previous_mask=[None, STEPS_MASK])
    for normalize in (False, True):
        layer("Dot", [real(2, 4), real(2, 4)], axes=1, normalize=normalize)
        layer("Dot", [real(2, 4), real(2, 4)], axes=-1, normalize=normalize)
        layer("Dot", [real(2, 3, 4), real(2, 4, 5)], axes=[2, 1], normalize=normalize)
        layer("Dot", [real(2, 3, 4), real(2, 5, 4)], axes=2, normalize=normalize)
        layer("Dot", [real(2, 3, 4), real(2, 3, 5)], axes=1, normalize=normalize, label=f"axes=1-3D-{normalize}")
        layer("Dot", [real(2, 3, 4), real(2, 4)], axes=[2, 1], normalize=normalize, label=f"3D-2D-{normalize}")
        layer("Dot", [real(2, 4), real(2, 4, 3)], axes=1, normalize=normalize, label=f"2D-3D-{normalize}")
    layer("Dot", [real(2, 3, 4), real(2, 5, 4)], axes=[-1, -1], label="negative-axes")


def activation_layers():
    image = real(2, 3, 3, 2)
    for arguments in (
        {},
        {"max_value": 1.0},
        {"negative_slope": 0.1},
        {"threshold": 0.5},
        {"max_value": 1.5, "negative_slope": 0.2, "threshold": 0.25},
    ):
        layer("ReLU", image, **arguments)
    layer("LeakyReLU", image)
    layer("LeakyReLU", image, negative_slope=0.1)
    layer("ELU", image)
    layer("ELU", image, alpha=0.4)
    layer("PReLU", image)
    layer("PReLU", image, shared_axes=[1, 2])
    layer("PReLU", image, shared_axes=[3])
    layer("PReLU", real(3, 4), alpha_initializer="ones", label="2D")
    layer("Softmax", real(3, 5))
    layer("Softmax", real(2, 3, 4), axis=1)
    layer("Softmax", real(2, 3, 4), axis=[1, 2])
    layer("Softmax", real(3, 5), {"mask": STEPS_MASK}, label="mask")
    layer("Softmax", real(3, 5), {"mask": STEPS_MASK & (np.arange(3) < 2)[:, None]}, label="mask-hides-a-row")
    layer("Softmax", real(2, 3, 5), {"mask": np.stack([STEPS_MASK, PAIR_MASK])}, axis=[1, 2], label="mask-two-axes")


def normalization_layers():
    flat, steps, image = real(6, 3), real(3, 5, 2), real(3, 3, 2, 4)
    for training in (True, False, None):
        tag = f"training={training}"
        call = {"training": training}
        layer("BatchNormalization", flat, call, label=f"2D-{tag}")
        layer("BatchNormalization", image, call, label=f"4D-{tag}")
        layer("BatchNormalization", image, call, axis=1, label=f"axis=1-{tag}")
    for training in (True, False):
        tag = f"training={training}"
        call = {"training": training}
        layer("BatchNormalization", flat, call, center=False, label=f"no-center-{tag}")
        layer("BatchNormalization", flat, call, scale=False, label=f"no-scale-{tag}")
        layer("BatchNormalization", flat, call, center=False, scale=False, label=f"bare-{tag}")
        layer("BatchNormalization", flat, call, momentum=0.6, epsilon=0.1, label=f"momentum-epsilon-{tag}")
        layer("BatchNormalization", steps, call, axis=-2, label=f"axis=-2-{tag}")
        layer("BatchNormalization", steps, {**call, "mask": STEPS_MASK}, label=f"mask-{tag}")
        layer("BatchNormalization", steps, {**call, "mask": STEPS_MASK}, momentum=0.5, label=f"mask-momentum-{tag}")
        layer("BatchNormalization", flat, call, trainable=False, label=f"frozen-{tag}")
        layer("BatchNormalization", flat, call, renorm=True, label=f"renorm-{tag}")
        layer(
            "BatchNormalization",
            flat,
            call,
            renorm=True,
            renorm_momentum=0.8,
            renorm_clipping={"rmin": 0.8, "rmax": 1.2, "dmax": 0.3},
            label=f"renorm-clipped-{tag}",
        )
        layer("BatchNormalization", real(1, 3), call, label=f"batch-of-one-{tag}")
    layer(
        "BatchNormalization",
        flat,
        {"training": True},
        gamma_regularizer="l2",
        beta_regularizer="l1",
        label="regularized",
    )
    question("BatchNormalization:keeps-mask", new("layers.BatchNormalization"), steps, previous_mask=STEPS_MASK)
    question(
        "BatchNormalization:after-masking",
        chain(new("layers.Masking"), new("layers.BatchNormalization")),
        hide(steps, [(0, 1), (2, 0), (2, 4)]),
        {"training": True},
    )
    for arguments in (
        {},
        {"axis": 1},
        {"axis": [1, 2]},
        {"axis": -2},
        {"epsilon": 0.1},
        {"center": False},
        {"scale": False},
        {"center": False, "scale": False},
    ):
        layer("LayerNormalization", steps, **arguments)
    layer("LayerNormalization", image, label="4D")
    layer("LayerNormalization", image, axis=[1, 2, 3], label="4D-all")
    question("LayerNormalization:keeps-mask", new("layers.LayerNormalization"), steps, previous_mask=STEPS_MASK)


def convolution_layers():
    line, line_first = real(2, 7, 4), real(2, 4, 7)
    for arguments in (
        {"padding": "valid"},
        {"padding": "same"},
        {"padding": "causal"},
        {"padding": "valid", "strides": 2},
        {"padding": "same", "strides": 2},
        {"padding": "same", "strides": 3},
        {"padding": "causal", "strides": 2},
        {"padding": "valid", "dilation_rate": 2},
        {"padding": "same", "dilation_rate": 2},
        {"padding": "causal", "dilation_rate": 2},
        {"padding": "same", "groups": 2},
        {"use_bias": False},
        {"activation": "relu"},
    ):
        layer("Conv1D", line, filters=2 if "groups" not in arguments else 4, kernel_size=3, **arguments)
        if set(arguments) & {"padding"}:
            layer("Conv1D", line_first, filters=4, kernel_size=2, **arguments, **FIRST)
    layer("Conv1D", line, filters=3, kernel_size=1)
    layer("Conv1D", line, filters=3, kernel_size=[4], strides=[2], padding="same")
    layer("Conv1D", line, filters=4, kernel_size=2, groups=4, label="depthwise")
    question(
        "Conv1D:keeps-mask",
        new("layers.Conv1D", filters=2, kernel_size=2, padding="same"),
        line,
        previous_mask=np.ones((2, 7), bool),
    )
    image, image_first = real(2, 6, 5, 4), real(2, 4, 6, 5)
    for arguments in (
        {"padding": "valid"},
        {"padding": "same"},
        {"padding": "valid", "strides": 2},
        {"padding": "same", "strides": 2},
        {"padding": "same", "strides": [2, 1]},
        {"padding": "valid", "dilation_rate": 2},
        {"padding": "same", "dilation_rate": [1, 2]},
        {"padding": "same", "groups": 2},
        {"padding": "valid", "activation": "relu", "use_bias": False},
    ):
        layer("Conv2D", image, filters=2, kernel_size=[3, 2], **arguments)
        layer("Conv2D", image_first, filters=2, kernel_size=2, **arguments, **FIRST)
    layer("Conv2D", image, filters=3, kernel_size=1, label="1x1")
    layer("Conv2D", image, filters=3, kernel_size=1, strides=2, label="1x1-strides")
    layer("Conv2D", image, filters=3, kernel_size=4, strides=3, padding="same", label="4x4-strides-same")
    layer("Conv2D", image, filters=8, kernel_size=2, groups=4, label="depthwise-multiplier")
    layer(
        "Conv2D",
        image,
        filters=2,
        kernel_size=3,
        kernel_regularizer="l2",
        activity_regularizer="l1",
        label="regularized",
    )


def pooling_layers():
    line, line_first, image, image_first = real(2, 7, 3), real(2, 3, 7), real(2, 6, 5, 2), real(2, 2, 6, 5)
    for kind in ("Max", "Average"):
        for arguments in (
            {"pool_size": 2},
            {"pool_size": 2, "padding": "same"},
            {"pool_size": 3, "strides": 2},
            {"pool_size": 3, "strides": 2, "padding": "same"},
            {"pool_size": 3, "strides": 1, "padding": "same"},
            {"pool_size": 2, "strides": 3},
        ):
            layer(f"{kind}Pooling1D", line, **arguments)
            layer(f"{kind}Pooling1D", line_first, **arguments, **FIRST)
            layer(f"{kind}Pooling2D", image, **arguments)
            layer(f"{kind}Pooling2D", image_first, **arguments, **FIRST)
        layer(f"{kind}Pooling2D", image, pool_size=[2, 3])
        layer(f"{kind}Pooling2D", image, pool_size=[3, 2], strides=[1, 2], padding="same")
    layer("MaxPooling1D", line)
    layer("MaxPooling2D", image)
    layer("AveragePooling2D", image, pool_size=6, padding="same", label="larger-than-image")
    for kind in ("GlobalMax", "GlobalAverage"):
        for keepdims in (False, True):
            layer(f"{kind}Pooling1D", line, keepdims=keepdims)
            layer(f"{kind}Pooling1D", line_first, keepdims=keepdims, **FIRST)
            layer(f"{kind}Pooling2D", image, keepdims=keepdims)
            layer(f"{kind}Pooling2D", image_first, keepdims=keepdims, **FIRST)
    steps = real(3, 5, 2)
    layer("GlobalAveragePooling1D", steps, {"mask": STEPS_MASK}, label="mask")
    layer("GlobalAveragePooling1D", steps, {"mask": STEPS_MASK}, label="mask-keepdims", keepdims=True)
    layer("GlobalAveragePooling1D", real(3, 2, 5), {"mask": STEPS_MASK}, label="mask-channels_first", **FIRST)
    question("GlobalAveragePooling1D:ends-mask", new("layers.GlobalAveragePooling1D"), steps, previous_mask=STEPS_MASK)
    question(
        "GlobalAveragePooling1D:after-masking",
        chain(new("layers.Masking"), new("layers.GlobalAveragePooling1D")),
        hide(steps, [(0, 1), (2, 0), (2, 4)]),
    )


def resizing_layers():
    image, image_first = real(2, 3, 4, 2), real(2, 2, 3, 4)
    for padding in (1, [1, 2], [[1, 0], [2, 3]]):
        layer("ZeroPadding2D", image, padding=padding)
        layer("ZeroPadding2D", image_first, padding=padding, **FIRST)
    layer("ZeroPadding2D", image)
    for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
        layer("UpSampling2D", image, size=2, interpolation=interpolation)
        layer("UpSampling2D", image, size=[2, 3], interpolation=interpolation)
        layer("UpSampling2D", image_first, size=[3, 2], interpolation=interpolation, **FIRST)
    layer("UpSampling2D", image)


def recurrent_layers():
    steps = real(3, 5, 2)
    state = Draw(1)
    for kind, states in (("SimpleRNN", 1), ("GRU", 1), ("LSTM", 2)):
        variants = [{}, {"reset_after": False}] if kind == "GRU" else [{}]
        initial = [state.real(3, 4) for _ in range(states)]
        for extra in variants:
            for arguments in (
                {},
                {"return_sequences": True},
                {"return_state": True},
                {"return_sequences": True, "return_state": True},
                {"go_backwards": True},
                {"go_backwards": True, "return_sequences": True},
                {"use_bias": False},
                {"activation": "relu"},
                {"unroll": True, "return_sequences": True},
            ):
                layer(kind, steps, units=4, **extra, **arguments)
            masked = {"mask": STEPS_MASK}
            for arguments in (
                {},
                {"return_sequences": True, "return_state": True},
                {"go_backwards": True, "return_sequences": True},
                {"unroll": True},
            ):
                label = "-".join(["mask", *(f"{k}={v}" for k, v in {**extra, **arguments}.items())])
                layer(kind, steps, masked, units=4, label=label, **extra, **arguments)
            tag = "".join(f"-{k}={v}" for k, v in extra.items())
            given = {"initial_state": initial if states > 1 else initial[0]}
            layer(kind, steps, given, units=4, label=f"initial_state{tag}", **extra)
            layer(
                kind,
                steps,
                {**given, **masked},
                units=4,
                return_state=True,
                return_sequences=True,
                label=f"initial_state-mask{tag}",
                **extra,
            )
        if kind != "SimpleRNN":
            for gate in ("hard_sigmoid", "relu"):
                layer(kind, steps, units=4, recurrent_activation=gate)
            layer(
                kind, steps, units=4, recurrent_activation="hard_sigmoid", activation="sigmoid", return_sequences=True
            )
        layer(kind, steps, {"training": True}, units=4, dropout=0.0, recurrent_dropout=0.0, label="no-dropout-training")
        layer(kind, steps, {"training": False}, units=4, dropout=0.5, recurrent_dropout=0.5, label="dropout-inference")
        layer(
            kind,
            steps,
            label="regularized",
            units=3,
            kernel_regularizer="l2",
            recurrent_regularizer="l1",
            bias_regularizer="l2",
            activity_regularizer="l2",
        )
        layer(kind, real(2, 1, 3), units=2, label="one-step")
        hidden = hide(steps, [(0, 1), (1, 3), (1, 4), (2, 0)])
        rnn = new(f"layers.{kind}", units=4)
        rnn_steps = new(f"layers.{kind}", units=3, return_sequences=True)
        question(f"{kind}:after-masking", chain(new("layers.Masking"), rnn), hidden)
        question(
            f"{kind}:after-masking-and-dense", chain(new("layers.Masking"), new("layers.Dense", units=3), rnn), hidden
        )
        question(f"{kind}:stacked-after-masking", chain(new("layers.Masking"), rnn_steps, rnn), hidden)
        question(
            f"{kind}:after-embedding",
            chain(new("layers.Embedding", input_dim=4, output_dim=3, mask_zero=True), rnn),
            tokens(4, 3, 5),
        )
        question(f"{kind}:ends-mask", rnn, steps, previous_mask=STEPS_MASK)
        question(f"{kind}:keeps-mask", rnn_steps, steps, previous_mask=STEPS_MASK)
        question(
            f"{kind}:state-and-mask",
            new(f"layers.{kind}", units=2, return_sequences=True, return_state=True),
            steps,
            previous_mask=STEPS_MASK,
        )
        question(f"{kind}:all-steps-hidden", rnn, steps, {"mask": STEPS_MASK & (np.arange(3) != 1)[:, None]})
        question(
            f"{kind}:stateful", new(f"layers.{kind}", units=4, stateful=True), [steps, steps, steps], stateful=True
        )
        question(
            f"{kind}:stateful-sequences-backwards",
            new(f"layers.{kind}", units=2, stateful=True, go_backwards=True, return_sequences=True),
            [steps, steps],
            stateful=True,
        )


def wrapping_layers():
    steps = real(3, 5, 2)
    hidden = hide(steps, [(0, 1), (1, 3), (1, 4), (2, 0)])
    lstm = new("layers.LSTM", units=3)
    lstm_steps = new("layers.LSTM", units=3, return_sequences=True)
    for mode in ("sum", "mul", "concat", "ave", None):
        layer("Bidirectional", steps, layer=lstm, merge_mode=mode)
        layer("Bidirectional", steps, layer=lstm_steps, merge_mode=mode, label=f"sequences-{mode}")
        layer("Bidirectional", steps, {"mask": STEPS_MASK}, layer=lstm_steps, merge_mode=mode, label=f"mask-{mode}")
    for kind in ("SimpleRNN", "GRU"):
        layer("Bidirectional", steps, layer=new(f"layers.{kind}", units=3), label=kind)
        layer(
            "Bidirectional",
            steps,
            layer=new(f"layers.{kind}", units=3, return_sequences=True, return_state=True),
            label=f"{kind}-state",
        )
    layer("Bidirectional", steps, layer=new("layers.LSTM", units=3, return_state=True), label="LSTM-state")
    layer(
        "Bidirectional",
        steps,
        layer=lstm_steps,
        backward_layer=new("layers.GRU", units=2, return_sequences=True, go_backwards=True),
        label="backward_layer",
    )
    draw = Draw(2)
    initial = {"initial_state": [draw.real(3, 3) for _ in range(4)]}
    layer("Bidirectional", steps, initial, layer=lstm, label="initial_state")
    question(
        "Bidirectional:after-masking", chain(new("layers.Masking"), new("layers.Bidirectional", layer=lstm)), hidden
    )
    question(
        "Bidirectional:stacked-after-masking",
        chain(
            new("layers.Masking"),
            new("layers.Bidirectional", layer=lstm_steps),
            new("layers.Bidirectional", layer=lstm),
        ),
        hidden,
    )
    question("Bidirectional:ends-mask", new("layers.Bidirectional", layer=lstm), steps, previous_mask=STEPS_MASK)
    question("Bidirectional:keeps-mask", new("layers.Bidirectional", layer=lstm_steps), steps, previous_mask=STEPS_MASK)
    question(
        "Bidirectional:keeps-two-masks",
        new("layers.Bidirectional", layer=lstm_steps, merge_mode=None),
        steps,
        previous_mask=STEPS_MASK,
    )
    layer("TimeDistributed", real(2, 3, 4), layer=new("layers.Dense", units=2), label="Dense")
    layer("TimeDistributed", real(2, 3, 4, 2), layer=new("layers.Dense", units=2, activation="tanh"), label="Dense-4D")
    layer("TimeDistributed", real(2, 3, 4, 4, 2), layer=new("layers.Conv2D", filters=2, kernel_size=2), label="Conv2D")
    layer("TimeDistributed", real(2, 3, 4, 4, 2), layer=new("layers.MaxPooling2D"), label="MaxPooling2D")
    layer("TimeDistributed", real(2, 3, 2, 2), layer=new("layers.Flatten"), label="Flatten")
    layer("TimeDistributed", real(2, 3, 5, 2), layer=new("layers.LSTM", units=3), label="LSTM")
    for training in (True, False):
        layer(
            "TimeDistributed",
            real(2, 3, 4),
            {"training": training},
            layer=new("layers.BatchNormalization"),
            label=f"BatchNormalization-training={training}",
        )
    layer("TimeDistributed", steps, {"mask": STEPS_MASK}, layer=new("layers.Dense", units=2), label="mask")
    layer(
        "TimeDistributed",
        real(2, 3, 2),
        layer=new("layers.Dense", units=2, kernel_regularizer="l2"),
        label="regularized",
    )
    question(
        "TimeDistributed:keeps-mask",
        new("layers.TimeDistributed", layer=new("layers.Dense", units=2)),
        steps,
        previous_mask=STEPS_MASK,
    )
    question(
        "TimeDistributed:between-masking-and-LSTM",
        chain(new("layers.Masking"), new("layers.TimeDistributed", layer=new("layers.Dense", units=2)), lstm),
        hidden,
    )


SOURCES_MASK = np.array([[1, 1, 0, 1], [1, 0, 1, 1]], bool)
TARGETS_MASK = np.array([[1, 0, 1], [1, 1, 0]], bool)
PAIRS_MASK = np.array([[[1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 0, 0]], [[0, 1, 1, 0], [1, 1, 1, 1], [1, 1, 0, 1]]], bool)
SCORES = {"return_attention_scores": True}


def attention_layers():
    two, three = [real(2, 3, 2), real(2, 4, 2)], [real(2, 3, 2), real(2, 4, 3), real(2, 4, 2)]
    masks = {"mask": [TARGETS_MASK, SOURCES_MASK]}
    for kind, arguments in (
        ("Attention", {}),
        ("Attention", {"use_scale": True}),
        ("Attention", {"score_mode": "concat"}),
        ("Attention", {"score_mode": "concat", "use_scale": True}),
        ("AdditiveAttention", {}),
        ("AdditiveAttention", {"use_scale": False}),
    ):
        short = "-".join(f"{key}={value}" for key, value in arguments.items()) or "plain"
        layer(kind, two, label=short, **arguments)
        layer(kind, two, {**masks, **SCORES}, label=f"{short}-masks-scores", **arguments)
    for kind in ("Attention", "AdditiveAttention"):
        layer(kind, three, label="key")
        layer(kind, [real(2, 4, 2), real(2, 4, 2)], {"use_causal_mask": True}, label="causal")
        layer(kind, two, {"mask": [None, SOURCES_MASK], "use_causal_mask": True}, label="causal-mask")
        layer(kind, two, {"mask": [None, np.zeros((2, 4), bool)]}, label="all-masked")
        question(f"{kind}:mask-of-query", new(f"layers.{kind}"), two, previous_mask=[TARGETS_MASK, SOURCES_MASK])
    heads = {"num_heads": 2, "key_dim": 3, "spread": True}
    groups = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "spread": True}
    for kind, base in (("MultiHeadAttention", heads), ("GroupQueryAttention", groups)):
        layer(kind, two, label="plain", **base)
        layer(kind, three, label="key", **base)
        layer(kind, [real(2, 4, 2), real(2, 4, 2)], SCORES, label="scores", **base)
        layer(kind, two, {"use_causal_mask": True}, label="causal", **base)
        layer(kind, two, {"value_mask": SOURCES_MASK, "query_mask": TARGETS_MASK}, label="masks", **base)
        layer(kind, three, {"key_mask": SOURCES_MASK, "value_mask": SOURCES_MASK[::-1]}, label="key-mask", **base)
        layer(kind, two, {"attention_mask": PAIRS_MASK}, label="attention-mask", **base)
        layer(kind, two, {"attention_mask": PAIRS_MASK[:, None]}, label="attention-mask-4D", **base)
        layer(kind, two, {"attention_mask": PAIRS_MASK[0]}, label="attention-mask-2D", **base)
        square = [real(2, 4, 2), real(2, 4, 2)]
        layer(kind, square, {"value_mask": SOURCES_MASK, **SCORES}, label="value-mask-scores", **base)
        layer(kind, square, {"attention_mask": np.tri(4, k=-1)[None] > 0, **SCORES}, label="nothing-seen", **base)
        layer(kind, two, use_bias=False, label="no-bias", **base)
        layer(kind, two, use_gate=True, label="gate", **base)
        layer(kind, two, sliding_window=2, label="sliding", **base)
        layer(kind, two, {"use_causal_mask": True}, sliding_window=2, label="sliding-causal", **base)
        layer(kind, two, {"training": False}, dropout=0.5, label="dropout-not-training", **base)
        layer(
            kind, two, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2", label="regularized",
            **base,
        )  # fmt: skip
        layer(kind, square, kernel_constraint="max_norm", label="constrained", **base)
        question(
            f"{kind}:keeps-mask",
            new(f"layers.{kind}", **{key: value for key, value in base.items() if key != "spread"}),
            two,
            previous_mask=TARGETS_MASK,
            spread=True,
        )
    layer("MultiHeadAttention", two, output_shape=[2, 3], label="output_shape", **heads)
    deep = [real(2, 3, 4, 2), real(2, 3, 4, 2)]
    layer("MultiHeadAttention", deep, label="4D", **heads)
    layer("MultiHeadAttention", deep, SCORES, label="4D-scores", **heads)
    layer("MultiHeadAttention", deep, SCORES, attention_axes=[2], label="4D-last-axis", **heads)
    layer("MultiHeadAttention", deep, attention_axes=[1], use_gate=True, label="4D-first-axis", **heads)
    layer(
        "MultiHeadAttention", deep, {"attention_mask": np.tri(4)[None] > 0, **SCORES}, attention_axes=[2],
        label="4D-attention-mask", **heads,
    )  # fmt: skip
    layer("GroupQueryAttention", two, label="one-key-head", **{**groups, "num_key_value_heads": 1})
    layer("GroupQueryAttention", two, label="as-many-key-heads", **{**groups, "num_key_value_heads": 4})


def recurrent_convolution_layers():
    images, images_first = real(2, 3, 4, 3, 2), real(2, 3, 2, 4, 3)
    for arguments in (
        {},
        {"padding": "same"},
        {"strides": 2, "padding": "same"},
        {"strides": [2, 1]},
        {"dilation_rate": 2, "padding": "same"},
        {"use_bias": False},
        {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
        {"return_sequences": True},
        {"return_state": True},
        {"return_sequences": True, "return_state": True, "go_backwards": True},
        {"unroll": True},
        {"unit_forget_bias": False, "kernel_regularizer": "l2", "activity_regularizer": "l1"},
    ):
        short = "-".join(f"{key}={value}" for key, value in arguments.items()) or "plain"
        layer("ConvLSTM2D", images, filters=2, kernel_size=2, label=short, **arguments)
    for arguments in ({}, {"padding": "same", "return_sequences": True, "return_state": True}):
        short = "-".join(f"{key}={value}" for key, value in arguments.items()) or "plain"
        layer("ConvLSTM2D", images_first, filters=2, kernel_size=[2, 3], label=f"first-{short}", **arguments, **FIRST)
        layer("ConvLSTM1D", real(2, 3, 5, 2), filters=2, kernel_size=3, label=short, **arguments)
        layer("ConvLSTM3D", real(2, 2, 3, 2, 2, 1), filters=1, kernel_size=2, label=short, **arguments)
    layer("ConvLSTM1D", real(2, 3, 2, 5), filters=3, kernel_size=2, label="first", **FIRST)
    draw = Draw(4)
    initial = {"initial_state": [draw.real(2, 4, 3, 2), draw.real(2, 4, 3, 2)]}
    layer("ConvLSTM2D", images, initial, filters=2, kernel_size=2, padding="same", label="initial_state")
    layer("ConvLSTM2D", images, {"training": False}, filters=2, kernel_size=2, dropout=0.5, label="not-training")
    question(
        "ConvLSTM2D:keeps-mask",
        new("layers.ConvLSTM2D", filters=2, kernel_size=2, return_sequences=True),
        images,
        previous_mask=STEPS_MASK[:2, :3],
    )
    question(
        "ConvLSTM1D:stateful",
        new("layers.ConvLSTM1D", filters=2, kernel_size=2, stateful=True, return_sequences=True),
        [real(2, 2, 4, 2), real(2, 2, 4, 2)],
        stateful=True,
    )


def more_layers():
    line, image, volume = real(2, 7, 2), real(2, 5, 4, 2), real(2, 4, 3, 5, 1)
    for kind in ("AdaptiveMaxPooling", "AdaptiveAveragePooling"):
        for size in (1, 3):  # with as many windows as steps, Keras 3.15 gives NaN
            layer(f"{kind}1D", line, output_size=size)
        layer(f"{kind}1D", real(2, 2, 7), output_size=4, **FIRST)
        for size in (2, [3, 1], [5, 4], [4, 3]):
            layer(f"{kind}2D", image, output_size=size)
        layer(f"{kind}2D", real(2, 2, 5, 4), output_size=[2, 3], **FIRST)
        layer(f"{kind}3D", volume, output_size=2)
        layer(f"{kind}3D", volume, output_size=[3, 2, 4])
        layer(f"{kind}3D", real(2, 1, 4, 3, 5), output_size=[2, 3, 2], **FIRST)
    for training in (False, True):
        tag, call = f"training={training}", {"training": training}
        dense = new("layers.Dense", units=3)
        layer("SpectralNormalization", real(3, 4), call, layer=dense, label=f"Dense-{tag}")
        layer("SpectralNormalization", real(3, 4), call, layer=dense, power_iterations=4, label=f"Dense-4-{tag}")
        conv = new("layers.Conv2D", filters=3, kernel_size=2)
        layer("SpectralNormalization", image, call, layer=conv, label=f"Conv2D-{tag}")
        embedding = new("layers.Embedding", input_dim=6, output_dim=3)
        layer("SpectralNormalization", tokens(6, 2, 3), call, layer=embedding, label=f"Embedding-{tag}")
    sizes = {"input_dim": 6, "output_dim": 3}
    for tied in (True, False):
        layer("ReversibleEmbedding", tokens(6, 2, 3), tie_weights=tied, **sizes)
        for arguments in ({}, {"logit_soft_cap": 1.5}, {"embeddings_regularizer": "l2"}):
            short = "-".join(f"{key}={value}" for key, value in arguments.items())
            layer(
                "ReversibleEmbedding", real(2, 2, 3), {"reverse": True}, tie_weights=tied, **sizes, **arguments,
                label=f"reverse-tied={tied}-{short}",
            )  # fmt: skip


def answer(case):
    draw = draw_for(case["name"] + ":weights")
    if case["stateful"]:
        built = ask.make(case["layer"])
        built.build(case["inputs"][0].shape)
        case["weights"] = weights_for(built, draw)
        return ask.ask_stateful(case)
    case["weights"] = weights_for(ask.called_on_symbols(case)[0], draw)
    return ask.ask_layer(case)


for fill in (
    core_layers,
    merging_layers,
    activation_layers,
    normalization_layers,
    convolution_layers,
    pooling_layers,
    resizing_layers,
    recurrent_layers,
    wrapping_layers,
    attention_layers,
    recurrent_convolution_layers,
    more_layers,
):
    fill()
TABLE.write(sys.argv[1], answer)
