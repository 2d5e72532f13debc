"""What optimizers remembered, in files of Keras 2.3.1: all first slots, then all second ones, then the third ones."""

import h5py
import numpy as np

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


def test_a_product_that_stood_before_the_slots_is_taken(in_folder):
    model = trained(keras.optimizers.Nadam(0.1))
    model.save("m.h5", era="2")
    product = model.optimizer.variables[-1].numpy()
    arrays = [np.int64(2), product, *slots_of(model, "momentum", "velocity")]
    names = [b"Nadam/iterations:0", b"Nadam/m_schedule:0", *(b"training/Nadam/m_%d:0" % i for i in range(4))]
    with h5py.File("m.h5", "r+") as file:
        group = file.create_group("optimizer_weights")
        group.attrs["weight_names"] = names
        for label, array in zip(names, arrays, strict=True):
            group[label.decode()] = array
    assert_goes_on(model, "m.h5")
