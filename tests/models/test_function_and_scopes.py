"""Operations and functions of one's own, and scopes: stateless, symbolic, of names and devices."""

import numpy as np
import pytest

import keras


class Times(keras.Operation):
    def __init__(self, factor, name=None):
        super().__init__(name=name)
        self.factor = factor

    def call(self, x):
        return x * self.factor


def test_an_operation_runs_on_arrays_and_becomes_a_node_on_symbols():
    times = Times(3, name="times")
    np.testing.assert_array_equal(times(np.ones(2)), [3.0, 3.0])
    x = keras.Input((4,))
    y = times(x)
    assert y.shape == (None, 4)
    assert times.output is y
    np.testing.assert_array_equal(keras.Model(x, y).predict(np.ones((1, 4)), verbose=0), [[3.0] * 4])
    assert Times.from_config(times.get_config()).factor == 3
    assert isinstance(keras.layers.Dense(1), keras.Operation)
    with pytest.raises(NotImplementedError, match="no `call`"):
        keras.Operation()(1)
    with pytest.raises(NotImplementedError, match="cannot be quantized"):
        times.quantized_call(1)
    assert float(times.rematerialized_call(times.call, 2.0)(2.0)) == 6.0


def test_a_function_computes_outputs_from_inputs():
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    function = keras.Function({"a": a, "b": b}, [a + b, a - b], name="both")
    total, difference = function({"a": np.full((2, 3), 5.0), "b": np.ones((2, 3))})
    np.testing.assert_array_equal(total, np.full((2, 3), 6.0))
    np.testing.assert_array_equal(difference, np.full((2, 3), 4.0))
    assert function.compute_output_shape({"a": (7, 3), "b": (7, 3)}) == [(7, 3), (7, 3)]
    assert [o.name for o in function.operations][:2] == ["a", "b"]
    with pytest.raises(ValueError, match=r"shape \(None, 3\)\. Got shape \(2, 4\)"):
        function({"a": np.ones((2, 4)), "b": np.ones((2, 4))})
    with pytest.raises(NotImplementedError, match="Make a model"):
        function.get_config()


def test_symbols_reshape_and_squeeze_as_arrays_do():
    x = keras.Input((4, 1, 3))
    assert x.reshape((-1, 3)).shape == (None, 3)
    assert x.squeeze().shape == x.squeeze(2).shape == (None, 4, 3)


def test_a_stateless_scope_has_values_of_its_own():
    v, other = keras.Variable([1.0, 1.0]), keras.Variable(2.0)
    with keras.StatelessScope([(v, [5.0, 5.0])]) as scope:
        v.assign(v + 1)
        np.testing.assert_array_equal(v.value, [6.0, 6.0])
        scope.add_update((other, 9.0))
        assert float(other.value) == 9.0
    np.testing.assert_array_equal(v.value, [1.0, 1.0])
    np.testing.assert_array_equal(scope.get_current_value(v), [6.0, 6.0])
    assert float(other.value) == 2.0
    assert scope.get_current_value(keras.Variable(0.0)) is None
    with pytest.raises(ValueError, match="pairs of a variable"):
        keras.StatelessScope([(1, 2)])
    with pytest.raises(ValueError, match=r"has shape \(2,\)"):
        keras.StatelessScope([(v, [1.0])])


def test_a_stateless_scope_collects_losses_when_asked():
    class Adds(keras.layers.Layer):
        def call(self, x):
            self.add_loss(keras.ops.sum(x))
            return x

    layer = Adds()
    with keras.StatelessScope(collect_losses=True) as scope:
        layer(np.ones((2, 2)))
    assert [float(loss) for loss in scope.losses] == [4.0]
    assert keras.StatelessScope().losses is None


def test_a_symbolic_scope_keeps_nothing():
    v = keras.Variable(1.0)
    with keras.SymbolicScope():
        v.assign(2.0)
    assert float(v.value) == 1.0


def test_name_scopes_and_devices():
    with keras.name_scope("outer"), keras.name_scope("inner"):
        assert keras.Variable(1.0, name="k").path == "outer/inner/k"
    for wrong in ("a/b", 3):
        with pytest.raises(ValueError, match="without '/'"):
            keras.name_scope(wrong)
    with keras.device("cpu:0"):
        assert keras.ops.ones(2).shape == (2,)
    with pytest.raises(ValueError, match="is not here"):
        keras.device("gpu:7")
    with pytest.raises(ValueError, match="must be a string"):
        keras.device(3)


def test_the_state_of_a_model_as_a_tree():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="d")], name="s")
    model.compile("adam", "mse")
    state = model.get_state_tree("numpy_array")
    assert sorted(state) == [
        "metrics_variables",
        "non_trainable_variables",
        "optimizer_variables",
        "trainable_variables",
    ]
    path = model.trainable_variables[0].path.split("/")
    here = state["trainable_variables"]
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = np.full((3, 2), 7.0)
    model.set_state_tree(state)
    np.testing.assert_array_equal(model.layers[0].kernel, np.full((3, 2), 7.0))
    with pytest.raises(ValueError, match="there is no 'bad'"):
        model.set_state_tree({"bad": {}})
    with pytest.raises(ValueError, match="no variable 'x'"):
        model.set_state_tree({"trainable_variables": {"x": 1.0}})
    here[path[-1]] = np.ones((3, 3))
    with pytest.raises(ValueError, match=r"has shape \(3, 2\)"):
        model.set_state_tree(state)
    with pytest.raises(ValueError, match="`value_format`"):
        model.get_state_tree("bad")


def test_the_loss_as_a_function_of_values():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_regularizer="l2")])
    model.compile("adam", "mse")
    values = [keras.ops.ones_like(v.value) for v in model.trainable_variables]
    metrics = [v.value for v in model.metrics_variables]
    loss, (trained, others, counted) = model.stateless_compute_loss(
        values, [], metrics, y=np.ones((1, 2)), y_pred=np.zeros((1, 2))
    )
    assert float(loss) == pytest.approx(1.0 + 0.01 * 6)
    assert len(trained) == 2
    assert others == []
    assert len(counted) == len(metrics)
