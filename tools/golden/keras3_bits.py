"""Asks Keras 3 on JAX about fewer bits: quantizers, quantised layers, changes of low rank, policies, students.

    KERAS_BACKEND=jax PYTHON keras3_bits.py FOLDER

As `keras3_layers.py`; FOLDER is where `bits.json` and `bits.npz` go, as a rule tests/golden.
"""

import sys

import numpy as np
from asking import Draw, Table, draw_for, new

from golden import ask_bits

TABLE = Table("bits")
D = Draw(11)


def functions():
    x, ints = D.real(5, 6), D.integers(16, 5, 3).astype("int8") - 8

    def add(name, function, **arguments):
        TABLE.add(name, kind="function", function=f"quantizers.{function}", arguments=arguments)

    for axis in (0, -1, [0, 1]):
        add(f"abs-max-{axis}", "abs_max_quantize", inputs=x, axis=axis)
    add("abs-max-range", "abs_max_quantize", inputs=x, axis=0, value_range=[-8, 7], epsilon=0.5)
    add("abs-max-zeros", "abs_max_quantize", inputs=x * 0, axis=0)
    for size in (1, 2, 3, 5, 128):
        add(f"grouped-{size}", "abs_max_quantize_grouped_with_zero_point", inputs=x, block_size=size)
    add(
        "grouped-flat", "abs_max_quantize_grouped_with_zero_point", inputs=np.full((4, 2), 0.5, "float32"), block_size=2
    )
    for axis in (0, 1, -1):
        add(f"pack-{axis}", "pack_int4", arr=ints, axis=axis)
        add(f"unpack-{axis}", "unpack_int4", packed=ints, orig_len=ints.shape[axis] * 2 - 1, axis=axis)
    add("pack-unsigned", "pack_int4", arr=(ints + 8).astype("uint8"), dtype="uint8")
    add("unpack-unsigned", "unpack_int4", packed=(ints + 8).astype("uint8"), orig_len=9, dtype="uint8")
    history = D.positive(4)
    add("history", "compute_float8_amax_history", x=x, amax_history=history)
    amax = np.array([0.0, 1.0, 3.0, np.inf, np.nan], "float32")
    for margin in (0, 2):
        scale = np.full(5, 2.0, "float32")
        add(f"scale-{margin}", "compute_float8_scale", amax=amax, scale=scale, dtype_max=448.0, margin=margin)
    for dtype in ("float8_e4m3fn", "float8_e5m2"):
        given = {"inputs": x * 100, "scale": np.float32(0.25).reshape(()), "compute_dtype": "float32"}
        add(f"round-{dtype}", "quantize_and_dequantize", quantized_dtype=dtype, **given)
    lows, highs = -D.positive(6), D.positive(6)
    for bits in (2, 4, 8):
        for narrow in (False, True):
            given = {"num_bits": bits, "narrow_range": narrow}
            one = {"min_vals": np.float32(-0.7).reshape(()), "max_vals": np.float32(0.9).reshape(())}
            add(f"fake-{bits}-{narrow}", "fake_quant_with_min_max_vars", inputs=x, **one, **given)
            many = {"min_vals": lows, "max_vals": highs, "axis": 1}
            add(f"fake-axis-{bits}-{narrow}", "fake_quant_with_min_max_vars", inputs=x, **many, **given)


DENSE = new("layers.Dense", units=3, activation="tanh")
LAYERS = {
    "dense": (DENSE, (2, 5), [(5, 3), (3,)]),
    "dense-no-bias": (new("layers.Dense", units=4, use_bias=False), (2, 3, 5), [(5, 4)]),
    "dense-bfloat16": (new("layers.Dense", units=3, dtype="mixed_bfloat16"), (2, 5), [(5, 3), (3,)]),
    "einsum-heads": (
        new("layers.EinsumDense", equation="abc,cde->abde", output_shape=[None, 2, 3], bias_axes="de"),
        (2, 3, 4), [(4, 2, 3), (2, 3)],
    ),
    "einsum-merge": (
        new("layers.EinsumDense", equation="abcd,cde->abe", output_shape=[None, 5], bias_axes="e"),
        (2, 3, 2, 4), [(2, 4, 5), (5,)],
    ),
    "embedding": (new("layers.Embedding", input_dim=6, output_dim=5), "integers", [(6, 5)]),
    "reversible": (new("layers.ReversibleEmbedding", input_dim=6, output_dim=4), "integers", [(6, 4)]),
    "reversible-back": (new("layers.ReversibleEmbedding", input_dim=6, output_dim=4), (2, 4), [(6, 4)]),
    "reversible-own": (
        new("layers.ReversibleEmbedding", input_dim=6, output_dim=4, tie_weights=False), (2, 4), [(6, 4), (4, 6)],
    ),
}  # fmt: skip

WEIGHTS_ONLY = new("quantizers.Int8QuantizationConfig", activation_quantizer=None)
MODES = {
    "int8": {"mode": "int8"},
    "int8-weights": {"mode": "int8", "config": WEIGHTS_ONLY},
    "int4": {"mode": "int4"},
    "int4-blocks": {"mode": "int4", "config": new("quantizers.Int4QuantizationConfig", block_size=2)},
    "int4-channels": {"mode": "int4", "config": new("quantizers.Int4QuantizationConfig", block_size=None)},
    "float8": {"mode": "float8"},
}


def question(name, layer, inputs, weights):
    draw = draw_for(name)
    given = draw.integers(6, 2, 3).astype("int32") if inputs == "integers" else draw.real(*inputs)
    call = {"call": {"reverse": True}} if "reversible-" in name else {}
    return {"layer": layer, "inputs": given, "weights": [draw.real(*shape) for shape in weights], **call}


def quantized_layers():
    for name, (layer, inputs, weights) in LAYERS.items():
        for mode, more in MODES.items():
            if mode == "float8" and "e" in name and not name.startswith(("dense", "einsum")):
                continue
            asked = question(f"{name}-{mode}", layer, inputs, weights)
            TABLE.add(f"{name}-{mode}", kind="layer", **asked, **more)


def low_rank():
    cases = {
        **{name: LAYERS[name] for name in ("dense", "einsum-heads", "einsum-merge", "embedding", "reversible-own")},
        "conv1d": (new("layers.Conv1D", filters=3, kernel_size=2), (2, 5, 2), [(2, 2, 3), (3,)]),
        "conv2d": (new("layers.Conv2D", filters=4, kernel_size=2, groups=2), (2, 4, 4, 2), [(2, 2, 1, 4), (4,)]),
        "conv3d": (new("layers.Conv3D", filters=2, kernel_size=2), (1, 3, 3, 3, 2), [(2, 2, 2, 2, 2), (2,)]),
    }
    for name, (layer, inputs, weights) in cases.items():
        for mode in ("", "int8", "int4", "int4-channels"):
            if mode and name.startswith("conv"):
                continue
            key = f"low-rank-{name}-{mode or 'float'}"
            draw = draw_for(key)
            main = "embeddings" if "bedding" in name or "reversible" in name else "kernel"
            shape = weights[0]
            change = {
                f"lora_{main}_a": draw.real(*shape[:-1], 2),
                f"lora_{main}_b": draw.real(2, shape[-1]),
            }
            asked = question(key, layer, inputs, weights)
            if name == "reversible-own":
                asked.pop("call", None)
                asked["inputs"] = draw.integers(6, 2, 3).astype("int32")
            TABLE.add(key, kind="layer", **asked, **MODES.get(mode, {}), rank=2, alpha=3.0, change=change)


def training():
    draw = draw_for("training in fewer bits")
    shapes = [(4, 5), (5,), (5,), (5,), (5,), (5,), (5, 2), (2,)]
    weights = [draw.positive(*s) if i == 5 else draw.real(*s) for i, s in enumerate(shapes)]
    x, y = draw.real(10, 4), draw.real(10, 2)
    momentum = new("optimizers.SGD", learning_rate=0.1, momentum=0.5)
    explode = new(
        "optimizers.LossScaleOptimizer", inner_optimizer=momentum, initial_scale=1e8, dynamic_growth_steps=2
    )  # fmt: skip
    for policy in ("float32", "mixed_bfloat16", "mixed_float16", "float16", "bfloat16"):
        given = {"policy": policy, "weights": weights, "x": x, "y": y, "optimizer": momentum}
        TABLE.add(f"policy-{policy}", kind="training", **given)
    given = {"policy": "mixed_float16", "weights": weights, "x": x, "y": y}
    TABLE.add("policy-falling-scale", kind="training", optimizer=explode, **given)
    TABLE.add("policy-adam", kind="training", optimizer=new("optimizers.Adam", learning_rate=0.05), **given)
    for policy in ("float32", "mixed_bfloat16"):
        given = {"policy": policy, "weights": weights, "x": x, "y": y, "optimizer": momentum}
        TABLE.add(f"float8-{policy}", kind="training", mode="float8", **given)


def distillation():
    draw = draw_for("distillation")
    given = {
        "x": draw.real(10, 4), "y": draw.integers(3, 10),
        "teacher": [draw.real(*s) for s in ((4, 6), (6,), (6, 3), (3,))],
        "student": [draw.real(*s) for s in ((4, 4), (4,), (4, 3), (3,))],
    }  # fmt: skip
    logits = new("distillation.LogitsDistillation")
    squares = new("distillation.LogitsDistillation", temperature=2.0, loss="mse")
    features = new("distillation.FeatureDistillation", teacher_layer_name="o", student_layer_name="o")
    for name, losses, arguments in (
        ("logits", logits, {}),
        ("squares", [squares], {"student_loss_weight": 0.3}),
        ("several", [squares, features], {"distillation_loss_weights": [0.7, 0.2]}),
        ("teacher-alone", new("distillation.FeatureDistillation"), {"student_loss_weight": 0.0}),
        ("labels-alone", squares, {"student_loss_weight": 1.0}),
    ):
        TABLE.add(f"student-{name}", kind="distillation", losses=losses, arguments=arguments, **given)


if __name__ == "__main__":
    functions()
    quantized_layers()
    low_rank()
    training()
    distillation()
    TABLE.write(sys.argv[1], ask_bits.answer)
