"""What optimizers remembered, in files of Keras 2.3.1: all first slots, then all second ones, then the third ones."""

import json

import h5py
import numpy as np
import pytest

import keras

X, Y = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0], [0.0]])


def trained(optimizer):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="last")])
    model.compile(optimizer, "mse")
    for _ in range(2):
        model.train_on_batch(X, Y)
    return model


def slots_of(model, *kinds):
    found = {v.name: v.numpy() for v in model.optimizer.variables}
    return [
        next(a for name, a in found.items() if name.endswith(f"{weight}_{kind}"))
        for kind in kinds for weight in ("kernel", "bias")
    ]  # fmt: skip


def assert_goes_on(model, path):
    again = keras.models.load_model(path)
    assert again.optimizer.iterations == 2
    np.testing.assert_allclose(
        [again.train_on_batch(X, Y) for _ in range(3)], [model.train_on_batch(X, Y) for _ in range(3)], rtol=1e-5
    )


def test_three_slots_of_a_weight_stand_in_three_places(in_folder):
    model = trained(keras.optimizers.Adam(0.1, amsgrad=True))
    model.save("m.h5", era="2")
    with h5py.File("m.h5") as file:
        group = file["optimizer_weights"]
        found = [group[name][()] for name in group.attrs["weight_names"]]
    expected = slots_of(model, "momentum", "velocity", "velocity_hat")
    assert found[0] == 2
    for array, slot in zip(found[1:], expected, strict=True):
        np.testing.assert_array_equal(array, slot)
    assert_goes_on(model, "m.h5")


def test_a_product_that_stands_before_the_slots_is_written_and_taken(in_folder):
    for make in (keras.optimizers.Nadam, lambda rate: keras.optimizers.Nadam(rate, schedule_decay=0.004)):
        model = trained(make(0.1))
        model.save("m.h5", era="2")
        with h5py.File("m.h5") as file:
            names = list(file["optimizer_weights"].attrs["weight_names"])
            assert names[:2] == [b"Nadam/iterations:0", b"Nadam/m_schedule:0"]
            about = json.loads(file.attrs["training_config"])["optimizer_config"]
        assert about["class_name"] == "Nadam"
        assert about["config"]["schedule_decay"] == getattr(model.optimizer, "schedule_decay", 1.0)
        assert_goes_on(model, "m.h5")


def test_nadam_of_1_x_begins_its_product_anew(in_folder):
    model = trained(keras.optimizers.Nadam(0.1, schedule_decay=0.004))
    model.save("m.h5", era="1")
    again = keras.models.load_model("m.h5")
    assert again.optimizer.iterations == 2
    assert again.optimizer.schedule_decay == 0.004
    assert float(again.optimizer.variables[-1]) == 1.0
    for a, b in zip(slots_of(again, "momentum", "velocity"), slots_of(model, "momentum", "velocity"), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("about", "kernel"),
    [
        ({"class_name": "RMSprop", "config": {"decay": 0.1, "rho": 0.9}}, [0.05353109, 0.27317253]),
        ({"class_name": "RMSprop", "config": {"rho": 0.9, "centered": True}}, [0.03352034, 0.31045324]),
        ({"class_name": "RMSprop", "config": {"rho": 0.9, "momentum": 0.5}}, [0.04463051, 0.50956845]),
        ({"class_name": "Adagrad", "config": {"initial_accumulator_value": 0.1}}, [0.12833898, 0.00566046]),
        ({"class_name": "RMSprop", "config": {"rho": 0.9, "is_legacy_optimizer": False}}, [0.01961462, 0.29841405]),
    ],
)
def test_optimizers_of_tf_keras_add_epsilon_where_their_year_did(about, kernel, in_folder):
    # after three steps of tf_keras 2.21, by its legacy optimizers; the last by one of the newer ones
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([[[0.3], [-0.2]], [0.1]])
    model.compile("sgd", "mse")
    model.save("m.h5", era="2")
    older = about["config"].setdefault("is_legacy_optimizer", True)
    with h5py.File("m.h5", "r+") as file:
        file.attrs["keras_version"] = "2.21.0"
        compiled = json.loads(file.attrs["training_config"])
        compiled["optimizer_config"] = {**about, "config": {"learning_rate": 0.1, "epsilon": 0.1, **about["config"]}}
        if not older:
            compiled["optimizer_config"]["config"]["jit_compile"] = False
        file.attrs["training_config"] = json.dumps(compiled)
    again = keras.models.load_model("m.h5")
    for _ in range(3):
        again.train_on_batch(X, Y)
    np.testing.assert_allclose(again.get_weights()[0].ravel(), kernel, rtol=1e-5)
