"""What models take as inputs, what their copies keep, and how their parts are called in configs and files."""

import numpy as np
import pytest

import keras
from keras import layers


def two_layers():
    x = keras.Input((2,), name="x")
    middle = layers.Dense(3, name="first")(x)
    return keras.Model(x, layers.Dense(4, name="second")(middle))


def test_inputs_get_the_float_type_that_was_declared():
    half = keras.Input((3,), dtype="float16")
    model = keras.Model(half, half * 2)
    assert model(np.ones((2, 3), "float32")).dtype == "float16"
    assert model.predict(np.ones((2, 3)), verbose=0).dtype == "float16"


def test_none_is_refused_by_name_for_an_input_that_is_not_optional():
    x, y = keras.Input((2,), name="x"), keras.Input((2,), name="y")
    model = keras.Model({"x": x, "y": y}, layers.Add()([x, y]))
    with pytest.raises(ValueError, match="'y' is not optional"):
        model({"x": np.ones((1, 2)), "y": None})


class Sum(layers.Layer):
    def call(self, parts):
        return {"sum": parts["a"] + parts["b"]} if isinstance(parts, dict) else [parts[0] + parts[1]]


class Untold(layers.Layer):
    def call(self, x):
        return x + 1

    def compute_output_spec(self, *args, **kwargs):
        raise NotImplementedError


@pytest.mark.parametrize("arrange", [lambda a, b: {"a": a, "b": b}, lambda a, b: [a, b]])
def test_a_sequential_whose_first_layer_takes_several_arrays(arrange):
    model = keras.Sequential([Sum()])
    (found,) = keras.tree.flatten(model(arrange(np.ones((3, 2)), np.full((3, 2), 2.0))))
    np.testing.assert_array_equal(found, np.full((3, 2), 3.0))
    model.summary(print_fn=lambda *a, **k: None)


def test_a_sequential_of_a_layer_that_cannot_tell_its_outputs_before_it_has_values():
    model = keras.Sequential([Untold()])
    np.testing.assert_array_equal(model(np.ones((3, 2))), np.full((3, 2), 2.0))


@pytest.mark.parametrize("shape", [(3, 4), (5, 2), (3, 2, 1)])
def test_a_sequential_is_not_built_for_another_shape_than_its_own(shape):
    model = keras.Sequential([keras.Input((2,), batch_size=3), layers.Dense(2)])
    model.build((3, 2))
    model.build((None, 2))
    with pytest.raises(ValueError, match=r"takes inputs of shape \(3, 2\)"):
        model.build(shape)


def test_operations_lists_functions_too():
    x = keras.Input((2,))
    model = keras.Model(x, layers.Dense(2, name="last")(x * 2))
    assert len(model.operations) == 3
    assert [model.operations[0], model.operations[2]] == model.layers


@pytest.mark.parametrize("sequential", [True, False])
def test_a_copy_of_a_compiled_model_is_compiled_with_parts_of_its_own(sequential):
    x = keras.Input((2,))
    model = keras.Sequential([x, layers.Dense(1)]) if sequential else keras.Model(x, layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(0.25), "mse", metrics=[keras.metrics.MeanAbsoluteError(name="off")])
    copy = keras.models.clone_model(model)
    assert copy.optimizer is not model.optimizer
    copy.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0)
    assert list(copy.evaluate(np.ones((2, 2)), np.ones((2, 1)), verbose=0, return_dict=True)) == ["loss", "off"]
    assert float(copy.optimizer.learning_rate) == 0.25
    assert int(model.optimizer.iterations) == 0


def test_models_inside_are_copied_with_the_call_function_and_shared_layers_stay_shared():
    shared = layers.Dense(2, name="shared")

    def inner(name):
        y = keras.Input((2,))
        return keras.Model(y, shared(y), name=name)

    x = keras.Input((2,))
    model = keras.Model(x, inner("b")(inner("a")(x)))

    def call(layer, *args, **kwargs):
        found = layer(*args, **kwargs)
        return layers.Dropout(0.5)(found) if isinstance(layer, layers.Dense) else found

    copy = keras.models.clone_model(model, call_function=call, recursive=True)
    first, second = copy.get_layer("a"), copy.get_layer("b")
    assert [type(part).__name__ for part in first.layers] == ["InputLayer", "Dense", "Dropout"]
    assert first.get_layer("shared") is second.get_layer("shared") is not shared
    assert len(copy.weights) == 2


def test_tensors_for_a_copy_are_arranged_as_the_inputs():
    x, y = keras.Input((2,)), keras.Input((2,))
    model = keras.Model({"x": x, "y": y}, x + y)
    assert set(keras.models.clone_model(model, input_tensors={"x": x, "y": y}).input) == {"x", "y"}
    with pytest.raises(ValueError, match="arranged as the model's inputs"):
        keras.models.clone_model(model, input_tensors=(x, y))


def test_a_model_that_begins_in_the_middle_of_another_is_saved_and_copied(tmp_path):
    whole = two_layers()
    model = keras.Model(whole.get_layer("first").output, whole.output)
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    data = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(again.predict(data, verbose=0), model.predict(data, verbose=0), rtol=1e-6)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    np.testing.assert_allclose(copy.predict(data, verbose=0), model.predict(data, verbose=0), rtol=1e-6)


def test_a_tuple_of_outputs_stays_one_in_a_config():
    x = keras.Input((2,))
    model = keras.Model(x, (layers.Dense(1)(x), layers.Dense(2)(x)))
    assert isinstance(keras.Model.from_config(model.get_config())(np.ones((1, 2))), tuple)


def test_functions_keep_their_names_so_that_outputs_are_called_as_they_were():
    x = keras.Input((2,))
    model = keras.Model(x, layers.Dense(2, name="d")(x) + 1)
    again = keras.models.model_from_json(model.to_json())
    assert again.output_names == model.output_names
    assert again.to_json() == model.to_json()


class Renamed(keras.Model):
    """A functional model by its constructor, which keeps a layer under a name of its own too."""

    def __init__(self):
        x = keras.Input((2,))
        first = layers.Dense(3, name="first")
        super().__init__(x, layers.Dense(4, name="second")(first(x)))
        self.a_first = first


def test_weights_of_a_subclass_with_a_graph_are_called_after_the_graph_as_in_keras_3(tmp_path):
    path = str(tmp_path / "m.weights.h5")
    ours, plain = Renamed(), two_layers()
    for source, target in ((ours, plain), (plain, ours)):
        source.save_weights(path)
        target.load_weights(path)
        for a, b in zip(source.get_weights(), target.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


class Before(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)


class After(Before):
    def __init__(self):
        keras.Model.__init__(self)
        self.a_dense = layers.Dense(3)

    @property
    def dense(self):
        return self.a_dense


def test_weights_are_found_under_another_name_of_a_layer(tmp_path):
    path = str(tmp_path / "m.weights.h5")
    before, after = Before(), After()
    before.build((None, 2))
    after.build((None, 2))
    before.save_weights(path)
    after.load_weights(path)
    np.testing.assert_array_equal(after.dense.kernel, before.dense.kernel)


def test_a_call_returns_the_only_output_of_a_list_itself():
    x = keras.Input((3,))
    y = layers.Dense(2)(x)
    model = keras.Model([x], [y])
    rows = np.ones((4, 3), "float32")
    for found in (model(rows), model([rows]), model.predict(rows, verbose=0), model.predict_on_batch(rows)):
        assert found.shape == (4, 2)
    assert (model.input_shape, model.output_shape) == ((None, 3), (None, 2))
    assert [s.shape for s in model(keras.Input((3,)))] == [(None, 2)]  # symbols keep the list, as in Keras 3
    outer = keras.Model(x, layers.Dense(1)(model(x)[0]))
    outer.compile("sgd", "mse")
    outer.fit(rows, np.ones((4, 1)), verbose=0)
    assert keras.Model.from_config(model.get_config()).predict(rows, verbose=0).shape == (4, 2)
    named = keras.Model({"a": x}, {"b": y})
    assert named.predict({"a": rows}, verbose=0)["b"].shape == (4, 2)


@pytest.mark.parametrize(("name", "value"), [("shape", (4,)), ("dtype", "int32"), ("sparse", True), ("ragged", True)])
def test_what_a_symbolic_tensor_is_stays(name, value):
    x = keras.KerasTensor((3,))
    before = getattr(x, name)
    with pytest.raises(AttributeError):
        setattr(x, name, value)
    assert getattr(x, name) == before


def named_unsorted():
    b, a = keras.Input((3,), name="b"), keras.Input((3,), name="a")
    return keras.Model({"b": b, "a": a}, layers.Concatenate()([b, a]))


def test_a_list_cannot_stand_for_inputs_by_unsorted_names():
    model, ones, zeros = named_unsorted(), np.ones((1, 3)), np.zeros((1, 3))
    for call in (model, lambda x: model.predict(x, verbose=0)):
        with pytest.raises(ValueError, match="takes inputs by name: 'b', 'a'"):
            call([ones, zeros])
        np.testing.assert_array_equal(call({"a": zeros, "b": ones}), [[1, 1, 1, 0, 0, 0]])


def test_a_symbolic_tensor_of_unknown_length_is_not_iterable():
    for error in (NotImplementedError, TypeError):  # of Keras 3, of Python
        with pytest.raises(error, match="cannot be iterated over"):
            iter(keras.Input((3,)))


def _declared(build):
    inputs = build(*(keras.Input((2,), name=name) for name in "pq"))
    return keras.Model(inputs, layers.Add()(keras.tree.flatten(inputs) * 2))


# What Keras 3.15.1 warns of.
_NESTED_OTHERWISE = {
    "one as a list": (lambda p, q: p, lambda x: [x]),
    "one by name": (lambda p, q: p, lambda x: {"p": x}),
    "a list in a list": (lambda p, q: [p, q], lambda x: [[x], x]),
    "a list for names": (lambda p, q: {"p": p, "q": q}, lambda x: [x, x]),
    "a name too many": (lambda p, q: {"p": p, "q": q}, lambda x: {"p": x, "q": x, "r": x}),
    "a list below a name": (lambda p, q: {"p": p, "q": q}, lambda x: {"p": [x], "q": x}),
    "one for a name": (lambda p, q: {"p": p}, lambda x: x),
    "a flat list": (lambda p, q: [p, [q]], lambda x: [x, x]),
}
_NESTED_ALIKE = {
    "one": (lambda p, q: p, lambda x: x),
    "one for a list of one": (lambda p, q: [p], lambda x: x),
    "a tuple for a list": (lambda p, q: [p, q], lambda x: (x, x)),
    "names for a list": (lambda p, q: [p, q], lambda x: {"p": x, "q": x, "r": x}),
    "names": (lambda p, q: {"p": p, "q": q}, lambda x: {"q": x, "p": x}),
}


@pytest.mark.parametrize(("declared", "given"), _NESTED_OTHERWISE.values(), ids=_NESTED_OTHERWISE)
def test_inputs_nested_otherwise_than_declared_are_warned_of(declared, given):
    model = _declared(declared)
    x = keras.ops.ones((1, 2))
    with pytest.warns(UserWarning, match="structure of `inputs` doesn't match"):
        y = model(given(x))
    assert float(y[0, 0]) == 2 * len(model.inputs)


@pytest.mark.parametrize(("declared", "given"), _NESTED_ALIKE.values(), ids=_NESTED_ALIKE)
def test_inputs_nested_as_declared_are_not_warned_of(declared, given):
    model = _declared(declared)
    assert model(given(keras.ops.ones((1, 2)))).shape == (1, 2)


def test_a_sequential_model_warns_of_a_list():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.warns(UserWarning, match="structure of `inputs` doesn't match"):
        assert model([keras.ops.ones((1, 2))]).shape == (1, 1)
