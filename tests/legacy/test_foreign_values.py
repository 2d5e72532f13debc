"""Functions of TensorFlow on arrays, networks, pictures and the machine, under `python -m keras`."""

from pathlib import Path

import numpy as np
import pytest

import keras
from golden.tensorflow_cases import CALLS, GIVEN

WANTED = np.load(Path(__file__).parent.parent / "golden" / "tensorflow_functions.npz")


@pytest.mark.parametrize("call", CALLS)
def test_values_are_those_of_tensorflow(tf, call):
    found, wanted = np.asarray(eval(call, {**GIVEN, "tf": tf})), WANTED[str(CALLS.index(call))]
    assert found.dtype.kind == wanted.dtype.kind
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.astype("f8"), wanted.astype("f8"), 2e-5, 2e-5)


def test_random_pictures_and_rows_come_from_what_they_are_given(tf):
    picture = np.arange(48, dtype="float32").reshape(4, 4, 3) / 48
    part = tf.image.random_crop(picture, [2, 3, 3])
    assert part.shape == (2, 3, 3)
    assert set(np.ravel(part)) <= set(picture.ravel())
    turned = np.asarray(tf.image.random_flip_left_right(picture))
    assert any(np.array_equal(turned, p) for p in (picture, picture[:, ::-1]))
    assert sorted(np.asarray(tf.random.shuffle(np.array([3.0, 1.0, 2.0])))) == [1, 2, 3]
    with pytest.raises(ValueError, match="do not fit into"):
        tf.image.random_crop(picture, [9, 3, 3])
    for drawn in (
        tf.image.random_brightness(picture, 0.1),
        tf.image.random_contrast(picture, 0.5, 2.0),
        tf.image.random_saturation(picture, 0.5, 2.0),
        tf.image.random_hue(picture, 0.2),
    ):
        assert drawn.shape == picture.shape


def test_gamma_is_drawn_for_each_alpha(tf):
    drawn = np.asarray(tf.random.gamma(shape=[4000], alpha=[1.0, 4.0], beta=2.0, seed=1))
    assert drawn.shape == (4000, 2)
    np.testing.assert_allclose(drawn.mean(0), [0.5, 2.0], rtol=0.1)
    assert tf.random.gamma([3], 0.2).shape == (3,)


def test_a_picture_is_read_from_its_file(tf, tmp_path):
    keras.utils.save_img(tmp_path / "a.png", np.full((2, 3, 3), 51.0), scale=False)
    found = tf.io.decode_png(tf.io.read_file(str(tmp_path / "a.png")), channels=1)
    assert np.asarray(found).tolist() == [[[51]] * 3] * 2
    assert np.asarray(tf.image.convert_image_dtype(found, tf.float32)).max() == pytest.approx(0.2)


def test_the_machine_is_asked_and_told(tf):
    assert tf.config.list_physical_devices("CPU")[0].device_type == "CPU"
    from tensorflow.python.client import device_lib

    assert "/device:CPU:0" in [device.name for device in device_lib.list_local_devices()]
    for gpu in tf.config.experimental.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    assert tf.test.is_gpu_available() == bool(tf.config.list_physical_devices("GPU"))
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.set_visible_devices([], "GPU")
    tf.get_logger().setLevel("ERROR")
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    assert tf.executing_eagerly()
    with tf.name_scope("a"), tf.device("/CPU:0"), tf.control_dependencies([]):
        assert float(tf.compat.v1.log(1.0)) == 0
    assert next(int(n) for n in tf.__version__.split(".")) == 2
    assert tf.__version__ == tf.version.VERSION


def test_functions_run_eagerly_if_told_so(tf):
    seen = []

    @tf.function
    def double(x):
        seen.append(isinstance(x, np.ndarray) or hasattr(x, "addressable_data"))
        return x * 2

    tf.config.run_functions_eagerly(True)
    try:
        for _ in range(3):
            double(tf.constant(2.0))
    finally:
        tf.config.run_functions_eagerly(False)
    assert len(seen) == 3


def test_checks_raise(tf):
    tf.debugging.assert_equal(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="different"):
        tf.debugging.assert_equal(np.ones(2), np.zeros(2), message="different")
    with pytest.raises(ValueError, match="finite"):
        tf.debugging.check_numerics(np.array([np.nan]), "x")
    with pytest.raises(ValueError, match="does not fit"):
        tf.ensure_shape(np.ones((2, 3)), (None, 4))


def test_optimizers_of_tf_train_have_their_names_and_defaults(tf):
    adam = tf.compat.v1.train.AdamOptimizer(learning_rate=0.01, beta1=0.5)
    assert (float(adam.learning_rate), adam.beta_1, adam.epsilon) == (pytest.approx(0.01), 0.5, 1e-8)
    assert float(tf.train.GradientDescentOptimizer(0.1).learning_rate) == pytest.approx(0.1)
    with pytest.raises(TypeError, match="name the arguments"):
        tf.train.RMSPropOptimizer(0.1, 0.9)


def test_private_modules_of_functions(tf):
    from tensorflow.python.ops import array_ops, math_ops

    assert array_ops.expand_dims(np.ones(2), 0).shape == (1, 2)
    assert float(math_ops.reduce_sum(np.ones(2))) == 2
    with pytest.raises(AttributeError, match="is not answered here"):
        _ = math_ops.nonsense


def test_steps_that_need_values_run_operation_by_operation_and_say_so(tf):
    def loss(y_true, y_pred):
        chosen = y_true[:, 0] > 0
        return tf.reduce_sum(tf.square(tf.boolean_mask(y_true - y_pred, chosen)))

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.5), loss)
    x, y = np.eye(2, dtype="float32"), np.array([[3.0, 1.0], [-1.0, 5.0]], "float32")
    with pytest.warns(UserWarning, match=r"tf\.boolean_mask: how large the result is depends on values"):
        history = model.fit(x, y, epochs=1, batch_size=2, verbose=0).history
    assert history["loss"] == [10.0]  # 3 * 3 + 1 * 1 of the first row alone
    np.testing.assert_allclose(model.layers[0].get_weights()[0], [[3, 1], [0, 0]])
