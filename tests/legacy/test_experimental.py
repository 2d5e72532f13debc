"""What tf.keras had as experimental; and names that only made sense inside TensorFlow."""

import time

import numpy as np
import pytest

import keras
from keras import layers, models, utils
from keras.layers import experimental
from keras.legacy import gone


def test_images_get_another_size_before_a_model():
    image = np.arange(16.0, dtype="float32").reshape(1, 4, 4, 1)
    layer = layers.RandomHeight((0.5, 0.5))
    # values of tf_keras 2.21
    np.testing.assert_allclose(layer(image, training=True)[0, :, 0, 0], [0, 2, 4.666667, 7.333334, 10, 12], rtol=1e-5)
    assert layer(image, training=False).shape == image.shape
    assert (layer.height_lower, layer.height_upper) == (0.5, 0.5)
    drawn = {layers.RandomWidth((0.0, 1.0), seed=3)(image, training=True).shape[2]}
    drawn |= {layers.RandomWidth(0.9)(image).shape[2] for _ in range(20)}
    assert len(drawn) > 2
    with pytest.raises(ValueError, match="sizes in models are fixed"):
        layer(keras.Input((4, 4, 1)))
    with pytest.raises(ValueError, match="`factor` must be above -1"):
        experimental.preprocessing.RandomHeight((-1.5, 0))


@pytest.mark.parametrize(("kernel", "scale"), [("gaussian", 2.0), ("laplacian", None), ("ones", None)])
def test_random_features_come_near_a_kernel(kernel, scale):
    if kernel == "ones":
        kernel = keras.initializers.Ones()
    layer = experimental.RandomFourierFeatures(2000, kernel, scale=scale)
    x = np.array([[0.0, 0.5], [0.5, 0.0]], "float32")
    y = np.asarray(layer(x))
    want = np.cos(x @ (layer.unscaled_kernel.numpy() / layer.kernel_scale.numpy()) + layer.bias.numpy())
    np.testing.assert_allclose(y, want, rtol=1e-4, atol=1e-5)
    assert not layer.trainable_weights
    if kernel == "gaussian":  # the mean product is half the kernel: exp(-|x - y|^2 / (2 scale^2))
        assert 2 * np.mean(y[0] * y[1]) == pytest.approx(np.exp(-0.5 / 8), abs=0.1)
    assert float(layer.kernel_scale[0]) == (scale or 1.0)
    with pytest.raises(ValueError, match="`kernel_initializer` must be one of"):
        experimental.RandomFourierFeatures(2, "box")


def test_batches_are_normalised_over_all_devices():
    assert experimental.SyncBatchNormalization(momentum=0.5).synchronized
    with pytest.raises(ValueError, match="must be True"):
        experimental.SyncBatchNormalization(synchronized=False)


def test_a_layer_of_ones_own_learns_before_training():
    class Largest(experimental.preprocessing.PreprocessingLayer):
        def build(self, input_shape):
            self.largest = self.add_weight((), "zeros", name="largest", trainable=False)

        def reset_state(self):
            if self.built:
                self.largest.assign(0.0)

        def update_state(self, data):
            self.largest.assign(max(float(self.largest), float(np.max(data))))

        def call(self, x):
            return x / self.largest

    layer = Largest()
    layer.compile()
    layer.adapt(np.array([1.0, 4.0, 8.0]), batch_size=1, steps=2)
    assert layer.is_adapted
    np.testing.assert_allclose(layer(np.array([2.0])), [0.5])
    layer.make_adapt_function()(iter([np.array([16.0])]))
    np.testing.assert_allclose(layer(np.array([2.0])), [0.125])
    with pytest.raises(NotImplementedError, match="needs an `update_state"):
        experimental.preprocessing.PreprocessingLayer().update_state(1)


def test_linear_and_deep_models_are_added_up():
    x, z = np.ones((2, 3), "float32"), np.ones((2, 4), "float32")
    linear = keras.experimental.LinearModel(units=2, kernel_initializer="ones", bias_initializer="ones")
    np.testing.assert_allclose(linear([x, z]), np.full((2, 2), 8.0))
    assert [w.shape for w in linear.weights] == [(2,), (3, 2), (4, 2)] or len(linear.weights) == 3
    deep = keras.Sequential([layers.Dense(2, kernel_initializer="ones")])
    one = keras.experimental.LinearModel(units=2, kernel_initializer="ones")
    both = keras.experimental.WideDeepModel(one, deep, activation="relu")
    np.testing.assert_allclose(both([x, z]), np.full((2, 2), 7.0))
    both.compile("sgd", "mse")
    before = both([x, z])
    both.fit([x, z], np.zeros((2, 2)), verbose=0)
    assert np.asarray(both([x, z])).sum() < np.asarray(before).sum()
    alone = keras.experimental.LinearModel(activation="sigmoid")
    np.testing.assert_allclose(alone(x), np.full((2, 1), 0.5))


def test_a_thread_calls_again_and_again():
    class Counting(utils.TimedThread):
        calls = 0

        def on_interval(self):
            self.calls += 1

    with Counting(0.001, daemon=True) as thread:
        until = time.monotonic() + 5
        while thread.calls < 3 and time.monotonic() < until:
            time.sleep(0.002)
        assert thread.is_alive()
    thread.thread.join(5)
    assert thread.calls >= 3
    assert not thread.is_alive()
    with pytest.raises(NotImplementedError, match="needs an `on_interval"):
        utils.TimedThread(1).on_interval()


def test_vectors_of_known_words_are_kept(tmp_path):
    found = utils.warmstart_embedding_matrix(
        ["unk", "a", "b"], ["unk", "b", "c"], np.arange(6.0).reshape(3, 2), keras.initializers.Constant(9.0)
    )
    np.testing.assert_allclose(found, [[0, 1], [4, 5], [9, 9]])  # values of tf_keras 2.21
    path = tmp_path / "words"
    path.write_text("a\nb\n")
    found = utils.warmstart_embedding_matrix(str(path), ["b"], np.arange(4.0).reshape(2, 2))
    np.testing.assert_allclose(found, [[2, 3]])
    with pytest.raises(ValueError, match="2 words need as many vectors"):
        utils.warmstart_embedding_matrix(["a", "b"], ["a"], np.ones((3, 2)))


@pytest.mark.parametrize("row", gone.ROWS, ids=lambda row: row.name)
def test_what_needs_tensorflow_can_be_imported_and_says_what_to_do(row):
    cls = getattr(gone, row.name)
    assert issubclass(cls, row.base)
    with pytest.raises(NotImplementedError, match=f"{row.name} needs TensorFlow") as error:
        cls(*row.arguments.split())
    assert row.instead in str(error.value)
    for method in row.methods.split():
        with pytest.raises(NotImplementedError, match="needs TensorFlow"):
            getattr(cls, method.partition(":")[0])(None)


def test_functions_that_need_tensorflow_say_what_to_do():
    with pytest.raises(NotImplementedError, match="Train the model with fit"):
        keras.estimator.model_to_estimator()
    with pytest.raises(NotImplementedError, match=r"keras\.distribution\.ModelParallel"):
        keras.dtensor.experimental.layout_map_scope(None)
    assert keras.dtensor.experimental.optimizers.SGD is keras.optimizers.SGD
    assert models.experimental.SharpnessAwareMinimization is gone.SharpnessAwareMinimization


def test_variables_are_what_tensorflow_asked_for_or_an_error():
    layer = layers.Layer()
    layer.add_weight(shape=(2,), name="w", use_resource=True, synchronization="VariableSynchronization.AUTO")
    with pytest.raises(ValueError, match="`synchronization` cannot be 'on_read'"):
        layer.add_weight(shape=(2,), synchronization="on_read")
    with pytest.raises(ValueError, match="`adaptive_epsilon` must be one of False"):
        keras.optimizers.Adam(adaptive_epsilon=True)


def test_states_of_both_directions_can_be_given():
    layer = layers.Bidirectional(layers.GRU(2, stateful=True), batch_input_shape=(1, 3, 2))
    layer(np.ones((1, 3, 2), "float32"))
    layer.reset_states(states=[np.ones((1, 2)), np.full((1, 2), 2.0)])
    np.testing.assert_allclose([s.numpy()[0, 0] for s in layer.states], [1, 2])
    layer.reset_states()
    np.testing.assert_allclose([s.numpy()[0, 0] for s in layer.states], [0, 0])
