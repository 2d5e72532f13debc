"""Asks Keras 3 on JAX what its optimizers do to variables with given gradients, and for its learning rates.

    KERAS_BACKEND=jax PYTHON keras3_optimizers.py FOLDER

PYTHON is an interpreter with Keras 3; FOLDER is where the files go, as a rule tests/golden.
"""

import sys

import numpy as np
from asking import Table, ask, draw_for, new

TABLE = Table("optimizers")
DRAW = draw_for("optimizers")
NAMES = ["kernel", "bias"]
VALUES = [DRAW.real(4, 3), DRAW.real(3)]
GRADIENTS = [[0.5 * DRAW.real(4, 3), 0.5 * DRAW.real(3)] for _ in range(6)]
DECAY = new("optimizers.schedules.ExponentialDecay", initial_learning_rate=0.1, decay_steps=2, decay_rate=0.5)


def add(kind, label="", gradients=GRADIENTS, names=NAMES, values=VALUES, more=None, **arguments):
    name = f"{kind}:{label or '-'.join(f'{key}={value}' for key, value in arguments.items()) or 'default'}"
    optimizer = new(f"optimizers.{kind}", **arguments)
    TABLE.add(name, optimizer=optimizer, names=names, values=values, gradients=gradients, **(more or {}))


def own_settings():
    for kind, settings in {
        "SGD": [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
        "RMSprop": [
            {"rho": 0.5},
            {"momentum": 0.9},
            {"centered": True},
            {"centered": True, "momentum": 0.5},
            {"epsilon": 0.1},
        ],
        "Adam": [{"amsgrad": True}, {"beta_1": 0.5, "beta_2": 0.7}, {"epsilon": 0.1}],
        "AdamW": [{"weight_decay": 0.1}, {"amsgrad": True, "weight_decay": 0.1}],
        "Adamax": [{"beta_1": 0.5, "beta_2": 0.7}, {"epsilon": 0.1}],
        "Nadam": [{"beta_1": 0.5, "beta_2": 0.7}, {"epsilon": 0.1}],
        "Adagrad": [{"initial_accumulator_value": 0.5}, {"epsilon": 0.1}],
        "Adadelta": [{"rho": 0.5}, {"epsilon": 0.1}],
        "Adafactor": [
            {"relative_step": False},
            {"clip_threshold": 0.2},
            {"beta_2_decay": -0.5},
            {"epsilon_1": 0.01, "epsilon_2": 0.1},
        ],
        "Ftrl": [
            {"learning_rate_power": -0.3},
            {"l1_regularization_strength": 0.1},
            {"l2_regularization_strength": 0.1},
            {"l2_shrinkage_regularization_strength": 0.1},
            {"beta": 0.2},
            {"initial_accumulator_value": 0.5},
            {
                "l1_regularization_strength": 0.05,
                "l2_regularization_strength": 0.1,
                "l2_shrinkage_regularization_strength": 0.1,
                "beta": 0.1,
            },
        ],
        "Lion": [{"beta_1": 0.5, "beta_2": 0.7}],
        "Lamb": [{"beta_1": 0.5, "beta_2": 0.7}, {"epsilon": 0.1}],
        "Muon": [
            {"nesterov": False},
            {"momentum": 0.5, "ns_steps": 3},
            {"adam_lr_ratio": 0.5},
            {"rms_rate": 0.5},
            {"muon_a": 3.0, "muon_b": -4.0, "muon_c": 1.5},
            {"weight_decay": 0.1},
            {"adam_weight_decay": 0.1},
            {"exclude_layers": ["kernel"]},
        ],
        "ScheduleFreeAdamW": [{"warmup_steps": 3}, {"weight_decay": 0.1}, {"beta_1": 0.5, "beta_2": 0.7}],
    }.items():
        add(kind)
        add(kind, "by-position-rate", learning_rate=0.1)
        for arguments in settings:
            label = "-".join(f"{key}={value}" for key, value in arguments.items())
            add(kind, label, learning_rate=0.1, **arguments)
        if kind != "AdamW":
            add(kind, "decayed", learning_rate=0.1, weight_decay=0.02)
        add(kind, "schedule", learning_rate=DECAY)
        add(kind, "ema", learning_rate=0.1, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=4)
        add(kind, "accumulation", learning_rate=0.1, gradient_accumulation_steps=2)
        add(kind, "clipped", learning_rate=0.1, clipnorm=0.3)
    kernels = DRAW.real(2, 2, 2, 3)
    for kind in ("Adafactor", "Muon", "Lamb"):
        steps = [[0.5 * DRAW.real(2, 2, 2, 3), 0.5 * DRAW.real(4, 3)] for _ in range(6)]
        add(kind, "convolution-kernel", steps, ["kernel", "embeddings"], [kernels, VALUES[0]], learning_rate=0.1)


def common_settings():
    rate = {"learning_rate": 0.1}
    for label, arguments in {
        "clipnorm": {"clipnorm": 0.3},
        "clipnorm-large": {"clipnorm": 30.0},
        "clipvalue": {"clipvalue": 0.2},
        "global_clipnorm": {"global_clipnorm": 0.3},
        "global_clipnorm-large": {"global_clipnorm": 30.0},
        "ema-never-written": {"use_ema": True, "ema_momentum": 0.7},
        "ema-written": {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2},
        "accumulation-4": {"gradient_accumulation_steps": 4},
        "accumulation-and-clipnorm": {"gradient_accumulation_steps": 2, "clipnorm": 0.3},
        "accumulation-and-ema": {
            "gradient_accumulation_steps": 2,
            "use_ema": True,
            "ema_momentum": 0.7,
            "ema_overwrite_frequency": 2,
        },
        "accumulation-and-decay": {"gradient_accumulation_steps": 2, "weight_decay": 0.1},
        "accumulation-and-schedule": {"gradient_accumulation_steps": 2, "learning_rate": DECAY},
        "loss-scale": {"loss_scale_factor": 4.0},
        "decay-and-momentum": {"weight_decay": 0.1, "momentum": 0.9},
    }.items():
        add("SGD", label, **{**rate, **arguments})
        if "momentum" not in arguments:
            add("Adam", label, **{**rate, **arguments})
    for kind in ("SGD", "AdamW"):
        add(kind, "bias-without-decay", more={"without_decay": ["bias"]}, learning_rate=0.1, weight_decay=0.2)
    for constraints in (["non_neg", None], ["unit_norm", "non_neg"], [None, "max_norm"]):
        add("SGD", f"constraints-{constraints}", more={"constraints": constraints}, **rate)
    add(
        "SGD",
        "constraints-accumulation",
        more={"constraints": ["non_neg", None]},
        gradient_accumulation_steps=2,
        **rate,
    )
    zero = [[np.zeros((4, 3), "float32"), np.zeros(3, "float32")] for _ in range(2)] + GRADIENTS[:2]
    for kind in (
        "SGD",
        "RMSprop",
        "Adam",
        "Adamax",
        "Nadam",
        "Adagrad",
        "Adadelta",
        "Adafactor",
        "Ftrl",
        "Lion",
        "Lamb",
    ):
        add(kind, "zero-gradients", zero, learning_rate=0.1)


def loss_scaling():
    pure = {"stateless": True}
    broken = [[np.full((4, 3), np.inf, "float32"), GRADIENTS[0][1]]]
    sgd = new("optimizers.SGD", learning_rate=0.1)
    for label, gradients, arguments in (
        ("plain", GRADIENTS, {"initial_scale": 8.0}),
        ("growing", GRADIENTS, {"initial_scale": 8.0, "dynamic_growth_steps": 2}),
        ("overflow", GRADIENTS[:2] + broken + GRADIENTS[2:4], {"initial_scale": 8.0, "dynamic_growth_steps": 2}),
    ):
        add("LossScaleOptimizer", label, gradients, more=pure, inner_optimizer=sgd, **arguments)
    adam = new("optimizers.Adam", learning_rate=0.1)
    add("LossScaleOptimizer", "Adam", more=pure, inner_optimizer=adam, initial_scale=2.0)


def schedules():
    table = Table("schedules")
    steps = [*range(12), 15, 19, 20, 21, 30, 50, 100]
    rate = {"initial_learning_rate": 0.5}
    for kind, settings in {
        "ExponentialDecay": [
            {**rate, "decay_steps": 4, "decay_rate": 0.5},
            {**rate, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
        ],
        "InverseTimeDecay": [
            {**rate, "decay_steps": 4, "decay_rate": 0.5},
            {**rate, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
        ],
        "PiecewiseConstantDecay": [
            {"boundaries": [3, 10], "values": [1.0, 0.5, 0.1]},
            {"boundaries": [2], "values": [0.3, 0.2]},
            {"boundaries": [2.5, 20.0], "values": [0.3, 0.2, 0.1]},
        ],
        "PolynomialDecay": [
            {**rate, "decay_steps": 10},
            {**rate, "decay_steps": 10, "end_learning_rate": 0.1, "power": 2.0},
            {**rate, "decay_steps": 10, "end_learning_rate": 0.1, "power": 0.5, "cycle": True},
        ],
        "CosineDecay": [
            {**rate, "decay_steps": 10},
            {**rate, "decay_steps": 10, "alpha": 0.2},
            {**rate, "decay_steps": 10, "warmup_target": 1.0, "warmup_steps": 5},
            {**rate, "decay_steps": 10, "warmup_steps": 5},
            {"initial_learning_rate": 0.0, "decay_steps": 10, "warmup_target": 1.0, "warmup_steps": 5, "alpha": 0.1},
        ],
        "CosineDecayRestarts": [
            {**rate, "first_decay_steps": 5},
            {**rate, "first_decay_steps": 5, "t_mul": 1.0},
            {**rate, "first_decay_steps": 5, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.1},
        ],
    }.items():
        for place, arguments in enumerate(settings):
            table.add(f"{kind}:{place}", schedule=new(f"optimizers.schedules.{kind}", **arguments), steps=steps)
    table.write(sys.argv[1], ask.ask_schedule)


own_settings()
common_settings()
loss_scaling()
TABLE.write(sys.argv[1], ask.ask_optimizer)
schedules()
