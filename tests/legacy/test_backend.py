"""Functions of `keras.backend` of 1.x and 2.x, against Keras 2.3.1 and against values worked by hand."""

import numpy as np
import pytest

import keras
from golden import store
from golden.compare import assert_same
from keras import backend as K

# on TensorFlow 1, 2.3.1 measured bilinear resizing from the corners of images; later releases from the middle of pixels
CASES = [c for c in store.read("keras2_backend") if c["kwargs"].get("interpolation") != "bilinear"]


def values(x):
    if isinstance(x, (list, tuple)):
        return [values(i) for i in x]
    return K.eval(x)


@pytest.mark.parametrize("case", [c for c in CASES if "args" in c], ids=lambda c: c["id"])
def test_a_function_returns_what_2_3_1_returned(case):
    found = values(getattr(K, case["name"])(*case["args"], **case["kwargs"]))
    assert_same(found, case["result"], case["id"], relative=2e-5, absolute=5e-6)


@pytest.mark.parametrize("case", [c for c in CASES if c["name"] == "rnn"], ids=lambda c: c["id"])
def test_rnn_returns_what_2_3_1_returned(case):
    def step(now, states):
        new = K.tanh(K.dot(now, case["kernel"]) + states[0])
        return new, [new]

    found = values(K.rnn(step, case["x"], [case["state"]], mask=case["mask"], **case["kwargs"]))
    assert_same(found, case["result"], case["id"])


SYMBOLIC = ["sum", "batch_dot", "softmax", "conv2d", "pool2d", "batch_flatten", "bias_add", "ctc_batch_cost"]


@pytest.mark.parametrize("name", SYMBOLIC)
def test_a_function_of_placeholders_and_variables_returns_the_same(name):
    case = next(c for c in CASES if c["name"] == name)
    arrays = [x for x in case["args"] if isinstance(x, np.ndarray)]
    rest = case["args"][len(arrays) :]
    holders = [K.placeholder((None, *arrays[0].shape[1:])), *(K.variable(x) for x in arrays[1:])]
    if name in ("batch_dot", "ctc_batch_cost"):
        holders = [K.placeholder(x.shape) for x in arrays]
    outputs = getattr(K, name)(*holders, *rest, **case["kwargs"])
    fed = [h for h in holders if K.is_placeholder(h)]
    found = K.function(fed, [outputs])(arrays[: len(fed)])[0]
    assert_same(found, case["result"], case["id"], relative=2e-5, absolute=5e-6)


def test_a_function_makes_its_updates_at_every_call_and_not_before():
    x, total, calls = K.placeholder((2,)), K.variable([0.0, 0.0]), K.variable(0)
    run = K.function([x], [K.sum(x), total * 1.0], updates=[(total, total + x), K.update_add(calls, 1)])
    assert K.get_value(calls) == 0
    assert run([[1.0, 2.0]])[0] == 3.0
    assert run([[3.0, 4.0]])[1].tolist() == [1.0, 2.0]
    assert K.batch_get_value([total, calls])[0].tolist() == [4.0, 6.0]
    assert K.get_value(calls) == 2


def test_variables_can_be_set_and_read_one_by_one_or_together():
    a, b = K.variable([[1, 2]], name="layer/a"), K.zeros((2,))
    K.set_value(b, [3, 4])
    K.batch_set_value([(a, np.array([[5, 6]]))])
    assert [v.tolist() for v in K.batch_get_value([a, b])] == [[[5, 6]], [3, 4]]
    assert K.dtype(a) == "float32"
    assert K.int_shape(a) == (1, 2)
    assert K.ndim(a) == 2
    assert K.count_params(a) == 2
    assert K.eval(K.shape(a)).tolist() == [1, 2]
    with pytest.raises(ValueError, match="has shape"):
        K.set_value(b, [1, 2, 3])


def test_a_moving_average_is_made_of_the_old_and_the_new_value():
    v = K.variable([1.0, 2.0])
    assert K.eval(K.moving_average_update(v, np.array([3.0, 6.0], "float32"), 0.75)).tolist() == [1.5, 3.0]
    assert K.get_value(v).tolist() == [1.5, 3.0]


def test_gradients_reach_placeholders_variables_and_what_lies_between():
    x, w = K.placeholder((None, 2)), K.variable([[1.0], [3.0]])
    hidden = K.dot(x, w)  # (samples, 1)
    unused = K.variable(1.0)
    found = K.gradients(K.sum(hidden * hidden), [x, w, hidden, unused])
    assert found[3] is None
    gx, gw, gh = K.function([x], found[:3])([[[1.0, 2.0]]])
    assert gh.tolist() == [[14.0]]
    assert gx.tolist() == [[14.0, 42.0]]
    assert gw.tolist() == [[14.0], [28.0]]


def test_gradients_of_gradients():
    x = K.placeholder(())
    first = K.gradients(x * x * x, x)[0]
    second = K.gradients(first, x)[0]
    assert K.function([x], [first, second])([2.0]) == [12.0, 12.0]


def test_gradients_say_that_a_number_has_no_history():
    with pytest.raises(ValueError, match="`loss` must be a symbolic tensor"):
        K.gradients(np.float32(1.0), [K.variable(1.0)])


def test_a_function_of_layers_knows_the_learning_phase():
    model = keras.Sequential([keras.layers.Input((100,)), keras.layers.Dropout(0.5), keras.layers.Dense(2)])
    run = K.function([model.layers[0].input, K.learning_phase()], [model.layers[0].output, model.output])
    x = np.ones((2, 100), "float32")
    quiet, predicted = run([x, 0])
    assert (quiet == x).all()
    np.testing.assert_allclose(predicted, model.predict(x, verbose=0), atol=1e-6)
    assert set(np.unique(run([x, 1])[0])) == {0.0, 2.0}
    assert (run([x, 1])[0] != run([x, 1])[0]).any()


def test_the_phase_chooses_between_two_tensors():
    x = K.placeholder((2,))
    outputs = [K.in_train_phase(x, lambda: x * 0), K.in_test_phase(x, x + 1), K.in_train_phase(x, x + 2, training=1)]
    run = K.function([x, K.learning_phase()], outputs)
    assert [v.tolist() for v in run([[1.0, 2.0], 1])] == [[1, 2], [2, 3], [1, 2]]
    assert [v.tolist() for v in run([[1.0, 2.0], 0])] == [[0, 0], [1, 2], [1, 2]]
    with K.learning_phase_scope(1):
        assert K.learning_phase() == 1
        assert K.in_train_phase("a", "b") == "a"
    with pytest.raises(ValueError, match=r"`value` must be 0 or 1\. Got 2"):
        K.set_learning_phase(2)


def test_switch_chooses_rows_and_elements():
    a, b = np.ones((2, 2), "float32"), np.zeros((2, 2), "float32")
    assert K.eval(K.switch(np.array([True, False]), a, b)).tolist() == [[1, 1], [0, 0]]
    assert K.eval(K.switch(K.variable(1) > 0, lambda: a, lambda: b)).tolist() == [[1, 1], [1, 1]]


def test_folds_and_maps_go_through_entries():
    x = np.array([1.0, 2.0, 4.0], "float32")
    assert K.eval(K.foldl(lambda a, b: a - b, x)) == -5.0
    assert K.eval(K.foldr(lambda a, b: a - b, x)) == 1.0
    assert K.eval(K.foldl(lambda a, b: a + b, K.variable(x), initializer=np.float32(10))) == 17.0
    assert K.eval(K.map_fn(lambda v: v * 2, x)).tolist() == [2, 4, 8]


def test_sizes_that_are_not_known_yet_can_stand_in_shapes():
    x = K.placeholder((None, 2))
    rows = K.shape(x)[0]
    drawn = K.random_normal((rows, 3), mean=5.0, stddev=1e-3)
    assert K.int_shape(drawn) == (None, 3)
    run = K.function([x], [drawn, K.reshape(x, (rows, 1, 2)), K.ones((rows,))])
    found = run([np.ones((4, 2))])
    assert [v.shape for v in found] == [(4, 3), (4, 1, 2), (4,)]
    assert abs(found[0] - 5).max() < 0.01
    assert (run([np.ones((4, 2))])[0] != found[0]).any()


def test_the_spelling_of_1_is_understood():
    image = np.arange(16.0, dtype="float32").reshape(1, 1, 4, 4)
    kernel = np.ones((1, 1, 2, 2), "float32")
    found = K.conv2d(image, kernel, strides=(2, 2), border_mode="valid", dim_ordering="th", image_shape=(1, 1, 4, 4))
    assert K.eval(found).tolist() == [[[[10, 18], [42, 50]]]]
    assert K.eval(K.expand_dims(np.zeros(2), dim=0)).shape == (1, 2)
    assert K.eval(K.random_uniform((3,), low=2.0, high=3.0)).min() >= 2
    assert K.eval(K.one_hot(np.array([1]), nb_classes=2)).tolist() == [[0, 1]]
    assert K.image_dim_ordering() == "tf"
    with pytest.raises(TypeError, match="border"):
        K.conv2d(image, kernel, border="same")


def test_what_needs_sessions_says_what_to_write_instead():
    with pytest.raises(ValueError, match="no session here that would take options"):
        K.function([], [], options=1)
    with pytest.raises(ValueError, match="not connected"):
        K.eval(K.placeholder((2,)))
    K.set_session(None)
    K.manual_variable_initialization(True)


def test_a_function_may_be_given_no_phase_though_it_takes_one():
    x = K.placeholder((None, 2))
    assert K.function([x, K.learning_phase()], [K.sum(x)])([np.ones((1, 2))])[0] == 2
    with pytest.raises(ValueError, match="3 values are needed"):
        K.function([x, x, K.learning_phase()], [K.sum(x)])([np.ones((1, 2))])


def test_a_function_says_which_value_does_not_fit():
    x = K.placeholder((None, 2), name="pairs")
    run = K.function([x], [x * 2])
    with pytest.raises(ValueError, match=r"pairs has shape \(None, 2\). Got \(1, 3\)"):
        run([np.ones((1, 3))])
    with pytest.raises(ValueError, match=r"1 values are needed, one for each input\. Got 2"):
        run([1, 2])


def test_the_backend_has_the_modules_that_it_had():
    import keras.backend.tensorflow_backend as tensorflow_backend

    assert tensorflow_backend.dot is K.dot
    assert keras.backend.theano_backend.image_data_format is K.image_data_format
    assert keras.backend.common.floatx() == "float32"


def test_shapes_are_tuples_that_one_can_compute_with():
    values = np.ones((2, 3, 4, 5), "float32")
    sizes = K.shape(values)
    assert (sizes, sizes[1:3], sizes[0]) == ((2, 3, 4, 5), (3, 4), 2)
    np.testing.assert_array_equal(sizes[1:3] * 32, [96, 128])
    np.testing.assert_array_equal(32 * sizes[1:3][::-1] + sizes[:2], [130, 99])
    np.testing.assert_array_equal(sizes[1:3] / 2, [1.5, 2.0])
    np.testing.assert_array_equal(sizes[2:] - [1, 2], [3, 3])
    x = K.placeholder((None, None, None, 5))
    grid = K.cast(K.shape(x)[1:3] * 32, "float32") / K.cast(K.shape(x)[1:3][::-1], "float32")
    found = K.function([x], [grid, K.shape(x)[:2] - 1])([values])
    np.testing.assert_allclose(found[0], [24.0, 128 / 3], rtol=1e-6)
    np.testing.assert_array_equal(found[1], [1, 2])


def test_lists_of_slices_are_places(in_era):
    """As in NumPy until 1.23 and in TensorFlow."""
    in_era("2")
    x, place = np.arange(12.0).reshape(1, 3, 4), [slice(None), slice(1, 3), 0]
    assert K.eval(K.variable(x)[place]).tolist() == K.eval(K.constant(x)[place]).tolist() == [[4, 8]]
    i = K.placeholder((None, 3, 4))
    assert K.function([i], [i[place], K.squeeze(i, 0)[place[1:]]])([x])[0].tolist() == [[4, 8]]
    in_era("3")
    with pytest.raises(TypeError):
        keras.ops.convert_to_tensor(x)[place]
