"""Functions of the backend and of the modules under the arguments of their years."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import constraints, initializers, layers, optimizers, regularizers
from keras.optimizers import schedules


@pytest.fixture
def image():
    return K.variable(np.arange(16.0).reshape(1, 1, 4, 4))


def test_convolutions_take_the_names_of_1x(image):
    kernel = K.variable(np.ones((1, 1, 2, 2)))  # 'th': (filters, channels, rows, columns)
    found = K.conv2d(image, kernel, border_mode="valid", dim_ordering="th", image_shape=(1, 1, 4, 4), strides=(2, 2),
                     filter_shape=(1, 1, 2, 2))  # fmt: skip
    np.testing.assert_allclose(K.eval(found)[0, 0], [[10, 18], [42, 50]])
    found = K.atrous_conv2d(image, kernel, rate=3, border_mode="valid", dim_ordering="th")
    np.testing.assert_allclose(K.eval(found)[0, 0], [[0 + 3 + 12 + 15]])
    found = K.conv1d(K.variable([[[1.0], [2.0], [3.0]]]), K.variable([[[1.0]]]), stride=2, border_mode="same")
    np.testing.assert_allclose(K.eval(found)[0, :, 0], [1, 3])


def test_hints_about_shapes_must_be_true(image):
    kernel = K.variable(np.ones((2, 2, 1, 1)))
    found = K.conv2d(image, K.variable(np.ones((1, 1, 2, 2))), dim_ordering="th", image_shape=(None, 1, 4, 4))
    assert K.int_shape(found) == (1, 1, 3, 3)
    with pytest.raises(ValueError, match=r"K.conv2d: `filter_shape` is \(1, 1, 3, 3\), but the tensor has shape"):
        K.conv2d(image, kernel, filter_shape=(1, 1, 3, 3))
    with pytest.raises(ValueError, match="`image_shape` is"):
        K.conv2d(image, kernel, image_shape=(1, 4, 4))


def test_the_other_functions_of_1x_take_the_names_of_their_arguments(image):  # values of Keras 1.2.2 on Theano
    pooled = K.pool2d(image / 10, (2, 2), strides=(2, 2), border_mode="valid", dim_ordering="th", pool_mode="avg")
    np.testing.assert_allclose(K.eval(pooled)[0, 0], [[0.25, 0.45], [1.05, 1.25]], rtol=1e-6)
    larger = K.resize_images(X=K.variable([[[[0.0, 0.1]]]]), height_factor=2, width_factor=2, dim_ordering="th")
    np.testing.assert_allclose(K.eval(larger)[0, 0], [[0, 0, 0.1, 0.1]] * 2)
    np.testing.assert_array_equal(K.eval(K.one_hot(K.variable([0, 2], "int32"), nb_classes=3)), [[1, 0, 0], [0, 0, 1]])
    padded = K.spatial_2d_padding(K.variable([[[[1.0]]]]), padding=(1, 2), dim_ordering="th")
    assert K.int_shape(padded) == (1, 1, 3, 5)
    assert K.int_shape(K.expand_dims(image, dim=0)) == (1, 1, 1, 4, 4)
    assert K.int_shape(K.pack([image, image])) == (2, 1, 1, 4, 4)
    a = K.variable([1.0, 2.0])
    np.testing.assert_array_equal(K.batch_get_value(xs=[a])[0], K.batch_get_value(tensors=[a])[0])
    update = K.moving_average_update(variable=a, value=np.array([3.0, 4.0], "float32"), momentum=0.5)
    K.function([], [a], updates=[update])([])
    np.testing.assert_allclose(K.get_value(a), [2, 3])
    drawn = K.eval(K.random_uniform((100,), low=2.0, high=3.0))
    assert 2 <= drawn.min() < drawn.max() < 3
    np.testing.assert_allclose(K.eval(K.random_normal((4,), mean=7.0, std=0.0)), 7)


def test_settings_take_the_names_of_their_arguments():
    before = K.epsilon()
    K.set_epsilon(e=1e-3)
    assert K.epsilon() == 1e-3
    K.set_epsilon(before)
    K.set_floatx(floatx="float32")
    assert K.floatx() == "float32"


def test_functions_keep_what_a_session_would_have_been_fed():
    x, y, seen = K.placeholder((2,)), K.placeholder((2,)), K.variable(0.0)
    function = K.function([x], [x + y], feed_dict={y: [10.0, 20.0]}, fetches=[K.update_add(seen, K.sum(y))])
    np.testing.assert_allclose(function([[1.0, 2.0]])[0], [11, 22])
    np.testing.assert_allclose(function([[3.0, 4.0]])[0], [13, 24])
    assert K.get_value(seen) == 60
    with pytest.raises(ValueError, match="no session here that would take options"):
        K.function([x], [x], options=object())


def test_decoding_by_a_list_of_words_says_what_to_do():
    with pytest.raises(ValueError, match="look the results up in the list of words"):
        K.ctc_decode(np.ones((1, 2, 3)) / 3, [2], dict_values=[1])


def test_generators_of_random_numbers_are_those_with_seeds():
    from keras.backend import experimental

    experimental.enable_tf_random_generator()
    assert experimental.is_tf_random_generator_enabled()
    with pytest.raises(NotImplementedError, match="no other kind"):
        keras.backend.experimental.disable_tf_random_generator()


@pytest.mark.parametrize(
    ("module", "name", "kwargs"),
    [(optimizers, "sgd", {"learning_rate": 0.5}), (constraints, "maxnorm", {"m": 3}), (regularizers, "l2", {"l": 0.5}),
     (initializers, "uniform", {"minval": 2.0, "maxval": 2.5})],
)  # fmt: skip
def test_a_name_may_come_with_arguments(module, name, kwargs):
    found = module.get(name, kwargs)
    config = found.get_config()
    assert type(found) is type(module.get(name))
    assert [config[{"m": "max_value", "l": "l2"}.get(k, k)] for k in kwargs] == list(kwargs.values())
    with pytest.raises(ValueError, match="go with the name of a class"):
        module.get(found, kwargs)


@pytest.mark.parametrize(
    ("module", "thing"),
    [(layers, lambda: layers.Dense(3)), (optimizers, lambda: optimizers.SGD(0.5)),
     (schedules, lambda: schedules.ExponentialDecay(0.1, 10, 0.5)), (keras.losses, lambda: keras.losses.Huber(0.5)),
     (keras.metrics, lambda: keras.metrics.Mean("m")), (constraints, lambda: constraints.MaxNorm(3.0)),
     (regularizers, lambda: regularizers.L2(0.25)), (initializers, lambda: initializers.Constant(0.25))],
)  # fmt: skip
def test_things_are_described_in_either_form_and_read_from_either(module, thing):
    thing = thing()
    older = module.serialize(thing, use_legacy_format=True)
    assert set(older) == {"class_name", "config"}
    assert "module" in module.serialize(thing, use_legacy_format=False)
    again = module.deserialize(older, use_legacy_format=True)
    assert type(again) is type(thing)
    assert again.get_config() == thing.get_config()


def test_older_optimizers_of_tf_keras_are_told_apart_by_a_flag():
    scheduled = optimizers.get("nadam", use_legacy_optimizer=True)
    assert type(scheduled).__name__ == "ScheduledNadam" != type(optimizers.get("nadam")).__name__
    assert keras.activations.deserialize(name="relu") is keras.activations.relu
