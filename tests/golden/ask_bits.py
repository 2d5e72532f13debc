"""Puts a question about fewer bits to whatever `keras` is installed: policies, quantisation, low rank, students.

As `ask.py` it runs on the earlier release and here, and names public things only.
"""

import jax

import keras

from . import ask


def plain(value):
    """Arrays as NumPy has them, 16-bit ones as float32 with the dtype's name."""
    value = ask.array(value)
    return {"dtype": str(value.dtype), "value": value.astype("float32") if "16" in str(value.dtype) else value}


def ask_function(question):
    """What a function of `keras.quantizers` returns."""
    made = ask.find(question["function"])(**ask.make(question["arguments"]))
    return [plain(leaf) for leaf in (made if isinstance(made, tuple) else [made]) if hasattr(leaf, "dtype")]


def built(question):
    keras.utils.clear_session()
    layer = ask.make(question["layer"])
    layer.build((None, *question["inputs"].shape[1:]))
    layer.set_weights(question["weights"])
    return layer


def described(layer):
    return sorted([v.name, list(v.shape), str(v.dtype), bool(v.trainable)] for v in layer.weights)


def saved(layer):
    store = {}
    layer.save_own_variables(store)
    return [plain(store[str(i)]) for i in range(len(store))]


def ask_layer(question):
    """Outputs, weights and what is saved of a layer that was quantised, given a change of low rank, or both."""
    layer = built(question)
    if "mode" in question:
        layer.quantize(question["mode"], config=ask.make(question.get("config")))
    answers = {"policy": layer.dtype_policy.name}
    if "rank" in question:
        layer.enable_lora(question["rank"], lora_alpha=question["alpha"])
        named = {v.name: v for v in layer.trainable_variables}
        for name, value in question["change"].items():
            named[name].assign(value)
    answers["weights"] = described(layer)
    answers["trained"] = [v.name for v in layer.trainable_variables]
    answers["outputs"] = plain(layer(question["inputs"], **question.get("call", {})))
    answers["saved"] = saved(layer)
    if question["inputs"].dtype == "float32" and question.get("mode") in (None, "int8"):
        total = jax.grad(lambda x: layer(x, **question.get("call", {})).sum())
        answers["gradient"] = plain(total(question["inputs"]))
    return answers


def ask_training(question):
    """Logs, outputs and weights of a model trained under a dtype policy, or with layers in 8-bit floats."""
    keras.utils.clear_session()
    keras.config.set_dtype_policy(question["policy"])
    try:
        model = keras.Sequential([
            keras.Input((4,)), keras.layers.Dense(5, activation="tanh"), keras.layers.BatchNormalization(),
            keras.layers.Dense(2),
        ])  # fmt: skip
        model.set_weights(question["weights"])
        if "mode" in question:
            model.quantize(question["mode"])
        model.compile(ask.make(question["optimizer"]), "mse")
        history = model.fit(question["x"], question["y"], batch_size=4, epochs=2, shuffle=False, verbose=0).history
        outputs = model.predict(question["x"], verbose=0)
        optimizer = model.optimizer
        return {
            "loss": [float(v) for v in history["loss"]],
            "evaluated": float(model.evaluate(question["x"], question["y"], verbose=0)),
            "outputs": plain(outputs),
            "weights": [plain(w) for w in model.get_weights()],
            "optimizer": type(optimizer).__name__,
            "scale": float(optimizer.dynamic_scale) if hasattr(optimizer, "dynamic_scale") else None,
            "steps": int(optimizer.iterations),
        }
    finally:
        keras.config.set_dtype_policy("float32")


def classifier(units, name):
    return keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(units, activation="relu", name="h"), keras.layers.Dense(3, name="o")],
        name=name,
    )


def ask_distillation(question):
    """Logs and the student's weights after training with a teacher."""
    keras.utils.clear_session()
    teacher, student = classifier(6, "teacher"), classifier(4, "student")
    teacher.set_weights(question["teacher"])
    student.set_weights(question["student"])
    distiller = keras.distillation.Distiller(teacher, student, ask.make(question["losses"]), **question["arguments"])
    distiller.compile(keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = question["x"], question["y"]
    history = distiller.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0, validation_data=(x[:4], y[:4]))
    return {
        "history": {name: [float(v) for v in values] for name, values in sorted(history.history.items())},
        "evaluated": {k: float(v) for k, v in sorted(distiller.evaluate(x, y, verbose=0, return_dict=True).items())},
        "predicted": plain(distiller.predict(x, verbose=0)),
        "weights": [plain(w) for w in student.get_weights()],
    }


KINDS = {
    "function": ask_function, "layer": ask_layer, "training": ask_training, "distillation": ask_distillation,
}  # fmt: skip


def answer(question):
    return KINDS[question["kind"]](question)
