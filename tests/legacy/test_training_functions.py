"""`train_function` and its kin, which took lists of arrays until 2.3. Values: Keras 2.3.1."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers
from keras.legacy import detect

DRAW = np.random.RandomState(0)
X, Y = DRAW.rand(16, 4).astype("float32"), DRAW.rand(16, 2).astype("float32")


def model_of(optimizer="sgd", **compiled):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh"), layers.Dense(2)])
    kernels = np.linspace(-1, 1, 12).reshape(4, 3), np.linspace(-1, 0.5, 6).reshape(3, 2)
    model.set_weights([kernels[0], np.zeros(3), kernels[1], np.zeros(2)])
    model.compile(optimizer, "mse", **compiled)
    return model


@pytest.fixture(autouse=True)
def of_2_2(in_era):
    in_era("2.2")


def test_functions_of_lists_make_a_step_each():
    model = model_of(metrics=["mae"])
    model._make_train_function()
    model._make_test_function()
    model._make_predict_function()
    np.testing.assert_allclose(model.train_function([X, Y, np.ones(16)]), [0.16213, 0.30483], atol=1e-5)
    np.testing.assert_allclose(model.test_function([X, Y, np.ones(16)]), [0.16126, 0.30435], atol=1e-5)
    np.testing.assert_allclose(model.predict_function([X])[0].sum(), 12.89013, atol=1e-4)
    np.testing.assert_allclose(model.predict_function([X, 1])[0].sum(), 12.89013, atol=1e-4)
    with pytest.raises(ValueError, match="3 arrays are needed: inputs, targets, sample weights"):
        model.train_function([X, Y])
    with pytest.raises(ValueError, match="the learning phase of this function is 1"):
        model.train_function([X, Y, np.ones(16), 0])


def test_a_function_of_lists_may_stand_in_the_place_of_the_step():
    # embeddings go up their gradient for each step, as programs that train against adversaries wrote it
    model = keras.Sequential(
        [keras.Input((4,)), layers.Embedding(10, 3, name="tokens"), layers.Flatten(), layers.Dense(1, "sigmoid")]
    )
    model.layers[-1].activation = keras.activations.get("sigmoid")
    model.set_weights([np.linspace(-1, 1, 30).reshape(10, 3), np.linspace(-1, 1, 12).reshape(12, 1), np.zeros(1)])
    model.compile("sgd", "binary_crossentropy")
    model._make_train_function()
    inner = model.train_function
    table = model.get_layer("tokens").embeddings
    feeds = model._feed_inputs + model._feed_targets + model._feed_sample_weights
    gradient = K.function(feeds, [K.zeros_like(table) + K.gradients(model.total_loss, [table])[0]], name="gradient")

    def step(arrays):
        found = gradient(arrays)[0]
        change = found / (np.sqrt((found**2).sum()) + 1e-8)
        K.set_value(table, K.eval(table) + change)
        losses = inner(arrays)
        K.set_value(table, K.eval(table) - change)
        return losses

    model.train_function = step
    seen = []
    watch = keras.callbacks.LambdaCallback(on_batch_end=lambda batch, logs: seen.append(logs["loss"]))
    x, y = np.arange(32).reshape(8, 4) % 10, np.arange(8) % 2
    history = model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0, callbacks=[watch]).history
    np.testing.assert_allclose(history["loss"], [2.12625, 2.10354], atol=1e-4)
    np.testing.assert_allclose([np.mean(seen[:2]), np.mean(seen[2:])], history["loss"], atol=1e-5)
    np.testing.assert_allclose(model.get_weights()[1].ravel()[:4], [-0.98762, -0.8073, -0.62698, -0.44666], atol=1e-4)


def test_a_function_made_from_the_parts_of_a_model_trains_as_the_model():
    # weights that follow the trained ones at a distance, as the files of 2.2 let programs put them into a model
    model, plain = model_of(keras.optimizers.SGD(0.1), metrics=["mae"]), model_of(keras.optimizers.SGD(0.1))
    model._check_trainable_weights_consistency()
    weights = model._collected_trainable_weights
    assert not model._uses_dynamic_learning_phase()
    slow = [K.variable(w) for w in weights]
    updates = model.updates + model.optimizer.get_updates(params=weights, loss=model.total_loss)
    inputs = model._feed_inputs + model._feed_targets + model._feed_sample_weights
    outputs = [model.total_loss] + model.metrics_tensors
    fast = K.function(inputs, outputs, updates=updates + model.metrics_updates, **model._function_kwargs)
    follow = [K.update(q, q + 0.5 * (p - q)) for p, q in zip(weights, slow)]
    copy = [K.update(p, q) for p, q in zip(weights, slow)]
    steps = []

    def step(arrays):
        found = fast(arrays)
        steps.append(found)
        if len(steps) % 2 == 0:
            K.batch_get_value(follow)
            K.batch_get_value(copy)
        return found

    model.train_function = step
    model.fit(X, Y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    before = plain.get_weights()
    for _ in range(2):
        plain.fit(X, Y, batch_size=8, shuffle=False, verbose=0)
        before = [q + 0.5 * (p - q) for p, q in zip(plain.get_weights(), before)]
        plain.set_weights(before)
    for ours, by_hand in zip(model.get_weights(), before):
        np.testing.assert_allclose(ours, by_hand, atol=1e-5)
    assert len(steps) == 4
    assert len(steps[0]) == 2


def test_data_is_made_into_lists():
    model = model_of()
    x, y, weights = model._standardize_user_data(X, Y, class_weight=None)
    assert [a.shape for a in (*x, *y, *weights)] == [(16, 4), (16, 2), (16,)]
    gradients = model.optimizer.get_gradients(model.total_loss, model.trainable_weights)
    found = K.function(model._feed_inputs + model._feed_targets + model._feed_sample_weights, gradients)(
        x + y + weights
    )
    np.testing.assert_allclose([g.sum() for g in found], [0.32338, 0.14719, -0.39168, -0.05974], atol=1e-5)


def test_metrics_of_several_outputs_are_tensors():
    inputs = keras.Input((4,))
    outputs = [layers.Dense(2, name="a")(inputs), layers.Dense(2, name="b")(inputs)]
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse", metrics=["mae"], loss_weights=[1.0, 0.5])
    assert model.loss_weights == [1.0, 0.5]
    arrays = [X, Y, Y, np.ones(16), np.ones(16)]
    feeds = model._feed_inputs + model._feed_targets + model._feed_sample_weights
    values = K.function(feeds, [model.total_loss] + model.metrics_tensors)(arrays)
    assert len(values) == len(model.metrics_names) == 5
    np.testing.assert_allclose(values, model.evaluate(X, [Y, Y], verbose=0), rtol=1e-5)


def test_names_and_tensors_that_are_appended_are_shown():
    # values: add_metric of 2.3.1, which took the place of the two lists
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, activation="tanh")(inputs)
    output = layers.Dense(2)(hidden)
    model = keras.Model(inputs, output)
    model.add_loss(K.mean((output - 1) ** 2))
    model.compile("sgd", loss=[None])
    kernels = np.linspace(-1, 1, 12).reshape(4, 3), np.linspace(-1, 0.5, 6).reshape(3, 2)
    model.set_weights([kernels[0], np.zeros(3), kernels[1], np.zeros(2)])
    model.metrics_names.append("far")
    model.metrics_tensors.append(K.mean(K.abs(hidden)))
    model.metrics_names += ["twice"]
    model.metrics_tensors += [K.mean(hidden * 2.0)]
    assert model.metrics_names == ["loss", "far", "twice"]
    before = model.evaluate(X, verbose=0)
    values = K.function([inputs], [K.mean(K.abs(hidden)), K.mean(hidden * 2.0)])([X])
    np.testing.assert_allclose(before[1:], values, rtol=1e-5)
    history = model.fit(X, batch_size=16, verbose=0).history
    assert sorted(history) == ["far", "loss", "twice"]
    np.testing.assert_allclose([history[name][0] for name in model.metrics_names], before, rtol=1e-5)
    with pytest.raises(AttributeError, match="can be made longer, but not replaced"):
        model.metrics_names = ["loss"]


def test_programs_that_add_to_these_lists_are_of_2_2():
    program = "import keras\nm = keras.Sequential()\nm.metrics_names.append('a')\nm.metrics_tensors.append(1)\n"
    assert detect.detect(program).era == "2.2"


def test_weights_that_are_not_listed_are_not_trained():
    model = model_of()
    first = model.layers[0]
    first.trainable_weights = first.trainable_weights[1:]
    model.compile("sgd", "mse")
    assert len(model._collected_trainable_weights) == 3
    before = K.get_value(first.kernel)
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(K.get_value(first.kernel), before)
    first.trainable = False
    with pytest.warns(UserWarning, match="others than when it was compiled"):
        model._check_trainable_weights_consistency()
