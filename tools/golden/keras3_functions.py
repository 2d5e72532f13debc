"""Asks Keras 3 on JAX about activations, regularizers, constraints, and initializers.

    KERAS_BACKEND=jax PYTHON keras3_functions.py FOLDER

PYTHON is an interpreter with Keras 3; FOLDER is where the files go, as a rule tests/golden. Random initializers are
asked for facts about many draws only: their numbers belong to the generator, not to Keras.
"""

import sys

import numpy as np
from asking import Table, ask, draw_for, new, public

FOLDER = sys.argv[1]

# Between the places where some activation has a corner
GRID = np.linspace(-8, 8, 131, dtype="float32")[:-1] + np.float32(1 / 128)
FAR = np.array([-1000, -100, -30, -12, 12, 30, 100, 1000], "float32")
CORNERS = np.array([-3, -1, -0.5, 0, 0.5, 1, 3, 6], "float32")


def activations():
    table = Table("activations")
    one_by_one = {
        "celu": [{}, {"alpha": 0.5}],
        "elu": [{}, {"alpha": 0.5}],
        "exponential": [{}],
        "gelu": [{}, {"approximate": True}],
        "hard_shrink": [{}, {"threshold": 1.2}],
        "hard_sigmoid": [{}],
        "hard_silu": [{}],
        "hard_swish": [{}],
        "hard_tanh": [{}],
        "leaky_relu": [{}, {"negative_slope": 0.05}],
        "linear": [{}],
        "log_sigmoid": [{}],
        "mish": [{}],
        "relu": [
            {},
            {"negative_slope": 0.1},
            {"max_value": 2.0},
            {"threshold": 0.7},
            {"negative_slope": 0.2, "max_value": 2.0, "threshold": 0.7},
        ],
        "relu6": [{}],
        "selu": [{}],
        "sigmoid": [{}],
        "silu": [{}],
        "soft_shrink": [{}, {"threshold": 1.2}],
        "softplus": [{}],
        "softsign": [{}],
        "sparse_plus": [{}],
        "sparse_sigmoid": [{}],
        "squareplus": [{}, {"b": 1}],
        "swish": [{}],
        "tanh": [{}],
        "tanh_shrink": [{}],
        "threshold": [{"threshold": 0.3, "default_value": -1.5}],
    }
    for name, settings in one_by_one.items():
        for call in settings:
            label = "-".join(f"{key}={value}" for key, value in call.items()) or "default"
            path = public(f"activations.{name}")
            table.add(f"{name}:{label}", function=path, x=GRID, call=call)
            table.add(f"{name}:{label}:far", function=path, x=FAR[1:-1] if name == "exponential" else FAR, call=call)
            table.add(f"{name}:{label}:corners", function=path, x=CORNERS, call=call, corners=True)
    draw = draw_for("activations")
    rows, steps = draw.real(3, 5), draw.real(2, 4, 6)
    for name in ("softmax", "log_softmax"):
        table.add(f"{name}:rows", function=public(f"activations.{name}"), x=rows, call={})
        table.add(f"{name}:far", function=public(f"activations.{name}"), x=200 * rows, call={})
        table.add(f"{name}:steps", function=public(f"activations.{name}"), x=steps, call={})
        table.add(f"{name}:axis", function=public(f"activations.{name}"), x=steps, call={"axis": 1})
    # Rows with more than one large value are not asked for: what 3.15 returns for them does not sum to one.
    table.add("sparsemax:far", function=public("activations.sparsemax"), x=200 * rows, call={})
    table.add("softmax:two-axes", function=public("activations.softmax"), x=steps, call={"axis": [1, 2]})
    table.add("glu:steps", function=public("activations.glu"), x=steps, call={})
    table.add("glu:axis", function=public("activations.glu"), x=steps, call={"axis": 1})
    table.write(FOLDER, ask.ask_function)


def regularizers():
    table = Table("regularizers")
    draw = draw_for("regularizers")
    for name, x in (("matrix", draw.real(4, 3)), ("bias", draw.real(5)), ("kernel", draw.real(2, 2, 3, 4))):
        for path, arguments in (
            ("L1", {}),
            ("L1", {"l1": 0.3}),
            ("L2", {}),
            ("L2", {"l2": 0.3}),
            ("L1L2", {}),
            ("L1L2", {"l1": 0.1}),
            ("L1L2", {"l1": 0.1, "l2": 0.2}),
            ("OrthogonalRegularizer", {}),
            ("OrthogonalRegularizer", {"factor": 0.2, "mode": "columns"}),
        ):
            if path.startswith("Orthogonal") and x.ndim != 2:
                continue
            table.add(f"{path}:{arguments}:{name}", function=new(f"regularizers.{path}", **arguments), x=x, call={})
    for name in ("l1", "l2"):
        table.add(f"by-name:{name}", function=new("regularizers.get", identifier=name), x=draw.real(2, 3), call={})
    table.write(FOLDER, ask.ask_function)


def constraints():
    table = Table("constraints")
    draw = draw_for("constraints")
    for name, x in (("matrix", draw.real(4, 3)), ("kernel", draw.real(2, 2, 3, 4))):
        axes = [0] if x.ndim == 2 else [0, [0, 1, 2]]
        for axis in axes:
            for path, arguments in (
                ("MaxNorm", {}),
                ("MaxNorm", {"max_value": 0.7}),
                ("UnitNorm", {}),
                ("MinMaxNorm", {}),
                ("MinMaxNorm", {"min_value": 1.5, "max_value": 2.0}),
                ("MinMaxNorm", {"min_value": 1.5, "max_value": 2.0, "rate": 0.3}),
            ):
                made = new(f"constraints.{path}", axis=axis, **arguments)
                table.add(f"{path}:{arguments}:{axis}:{name}", make=made, call=[x])
        table.add(f"NonNeg:{name}", make=new("constraints.NonNeg"), call=[x])
    for name in ("max_norm", "min_max_norm", "non_neg", "unit_norm"):
        table.add(f"by-name:{name}", make=new("constraints.get", identifier=name), call=[draw.real(4, 3)])
    table.write(FOLDER, ask.ask_value)


def initializers():
    table = Table("initializers")
    for path, arguments, shape in (
        ("Zeros", {}, [2, 3]),
        ("Ones", {}, [2, 3]),
        ("Constant", {}, [3]),
        ("Constant", {"value": 0.3}, [2, 2]),
        ("Identity", {}, [3, 3]),
        ("Identity", {"gain": 0.5}, [2, 3]),
        ("Identity", {"gain": 2.0}, [3, 2]),
        ("STFT", {}, [8, 1, 5]),
        ("STFT", {"side": "imag", "window": None, "scaling": None}, [8, 1, 5]),
        ("STFT", {"window": "hamming", "periodic": True, "scaling": "spectrum"}, [8, 1, 7]),
    ):
        table.add(f"{path}:{arguments}:{shape}", make=new(f"initializers.{path}", **arguments), call=[shape])
    table.write(FOLDER, ask.ask_value)

    draws = Table("random_initializers")
    shapes = [[60, 40], [3, 3, 20, 30], [5, 30, 20], [3000]]
    for path, settings in {
        "RandomNormal": [{}, {"mean": 1.0, "stddev": 0.5}],
        "RandomUniform": [{}, {"minval": -1.0, "maxval": 3.0}],
        "TruncatedNormal": [{}, {"mean": 1.0, "stddev": 0.5}],
        "GlorotNormal": [{}],
        "GlorotUniform": [{}],
        "HeNormal": [{}],
        "HeUniform": [{}],
        "LecunNormal": [{}],
        "LecunUniform": [{}],
        "VarianceScaling": [
            {"scale": 2.0, "mode": mode, "distribution": distribution}
            for mode in ("fan_in", "fan_out", "fan_avg")
            for distribution in ("truncated_normal", "untruncated_normal", "uniform")
        ],
        "Orthogonal": [{}, {"gain": 2.0}],
    }.items():
        for arguments in settings:
            for shape in shapes[:2] if path in ("VarianceScaling", "Orthogonal") else shapes:
                made = new(f"initializers.{path}", seed=7, **arguments)
                draws.add(f"{path}:{arguments}:{shape}", initializer=made, shape=shape)
    draws.write(FOLDER, ask.ask_random)


for table in (activations, regularizers, constraints, initializers):
    table()
