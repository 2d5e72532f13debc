"""Branches, loops and functions of functions, and what they do to variables and seeds."""

import jax
import numpy as np
import pytest

import keras
from keras import ops
from keras._jax.pure import Scope


@pytest.fixture
def v():
    return keras.Variable(1.0, name="v")


def add_and_double(v):
    v.assign_add(1.0)
    return v.value * 2.0


# --- values


@pytest.mark.parametrize("choice", [True, False, 1, np.array(0), np.float32(2.0)])
def test_cond_takes_one_of_two_results(choice):
    found = ops.cond(choice, lambda: (ops.ones((2,)), 1), lambda: (ops.zeros((2,)), 0))
    np.testing.assert_array_equal(found[0], [bool(choice)] * 2)
    assert found[1] == bool(choice)


def test_cond_calls_only_the_branch_that_is_known_to_be_taken():
    def never():
        raise AssertionError

    assert ops.cond(True, lambda: 3.0, never) == 3.0


def test_cond_chooses_inside_compiled_code():
    f = jax.jit(lambda x: ops.cond(x > 0, lambda: x * 2.0, lambda: 0.0))
    assert (f(3.0), f(-3.0)) == (6.0, 0.0)


def test_cond_says_that_it_takes_one_boolean():
    with pytest.raises(ValueError, match=r"`pred` must be one boolean\. Got shape \(2,\)"):
        jax.jit(lambda x: ops.cond(x > 0, lambda: 1.0, lambda: 0.0))(np.ones(2))


@pytest.mark.parametrize(("index", "result"), [(-3, 1), (0, 1), (1, 20), (2, 300), (9, 300)])
def test_switch_takes_the_nearest_branch(index, result):
    branches = [lambda a: a, lambda a: a * 20, lambda a: a * 300]
    assert ops.switch(index, branches, 1) == result
    assert jax.jit(lambda i: ops.switch(i, branches, 1))(index) == result


def test_while_loop_goes_on_while_the_condition_holds():
    assert ops.while_loop(lambda i, x: i < 5, lambda i, x: (i + 1, x * 2), (0, 1)) == (5, 32)
    assert ops.while_loop(lambda i: i < 5, lambda i: i + 2, 0) == 6
    assert ops.while_loop(lambda i: i < 5, lambda i: [i + 2], [0]) == (6,)


def test_while_loop_stops_after_the_most_iterations():
    assert ops.while_loop(lambda i: i < 100, lambda i: i + 1, 0, maximum_iterations=7) == 7


def test_fori_loop_counts_from_lower_to_upper():
    assert ops.fori_loop(2, 5, lambda i, x: x * 10 + i, 0) == 234


def test_scan_carries_a_value_and_stacks_results():
    last, results = ops.scan(lambda c, x: (c + x, c * x), 0, np.array([1, 2, 3]))
    assert last == 6
    np.testing.assert_array_equal(results, [0, 2, 9])
    last, results = ops.scan(lambda c, x: (c + x, c * x), 0, np.array([1, 2, 3]), reverse=True, unroll=True)
    np.testing.assert_array_equal(results, [5, 6, 0])
    last, results = ops.scan(lambda c, _: (c * 2, None), 1, length=4)
    assert (last, results) == (16, None)


@pytest.mark.parametrize("settings", [{}, {"length": 2, "unroll": 0}, {"length": 2, "unroll": "all"}])
def test_scan_says_what_is_wrong(settings):
    with pytest.raises(ValueError, match="scan: "):
        ops.scan(lambda c, x: (c, x), 0, **settings)
    with pytest.raises(TypeError, match="`f` must be a function"):
        ops.scan(3, 0, length=2)


def test_map_takes_and_returns_nested_structures():
    found = ops.map(lambda x: {"sum": x["a"] + x["b"], "b": x["b"]}, {"a": np.arange(3), "b": np.ones((3, 2))})
    np.testing.assert_array_equal(found["sum"], [[1, 1], [2, 2], [3, 3]])
    assert found["b"].shape == (3, 2)


def test_vectorized_map_equals_map():
    x = np.arange(6.0).reshape(3, 2)
    np.testing.assert_allclose(ops.vectorized_map(lambda r: r @ r, x), ops.map(lambda r: r @ r, x))


def test_associative_scan_keeps_running_results():
    x = np.array([[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(ops.associative_scan(lambda a, b: a + b, x), np.cumsum(x, 0))
    np.testing.assert_array_equal(ops.associative_scan(lambda a, b: a * b, x, axis=1), np.cumprod(x, 1))
    backwards = ops.associative_scan(lambda a, b: a + b, x, reverse=True)
    np.testing.assert_array_equal(backwards, np.cumsum(x[::-1], 0)[::-1])


def test_vectorize_makes_functions_of_elements_broadcast():
    f = ops.vectorize(lambda a, b: ops.where(a > b, a - b, a + b))
    np.testing.assert_array_equal(f([1, 2, 3, 4], 2), [3, 4, 1, 2])
    total = ops.vectorize(lambda m, x: m @ x, signature="(m,n),(n)->(m)")
    assert total(np.ones((5, 2, 3)), np.ones(3)).shape == (5, 2)
    scaled = ops.vectorize(lambda x, n: x * n, excluded={1})
    np.testing.assert_array_equal(scaled([1, 2], 3), [3, 6])
    assert f(keras.KerasTensor((None,)), 2.0).shape == (None,)


def test_custom_gradient_replaces_the_gradient():
    @ops.custom_gradient
    def reversed_gradient(x, y):
        return x * y, lambda upstream: (-upstream, 10.0 * upstream)

    assert reversed_gradient(2.0, 3.0) == 6.0
    assert jax.grad(reversed_gradient, argnums=(0, 1))(2.0, 3.0) == (-1.0, 10.0)
    assert reversed_gradient(keras.KerasTensor((None, 2)), 3.0).shape == (None, 2)
    assert reversed_gradient(keras.Variable(2.0), 3.0) == 6.0


def test_jvp_is_the_derivative_along_a_direction():
    value, slope = ops.jvp(lambda x, y: x * x * y, (3.0, 2.0), (1.0, 0.0))
    assert (value, slope) == (18.0, 12.0)
    value, slope, rest = ops.jvp(lambda x: (ops.sin(x), "kept"), [0.0], [2.0], has_aux=True)
    assert (value, slope, rest) == (0.0, 2.0, "kept")


@pytest.mark.parametrize(
    ("shape", "kernel", "settings"),
    [
        ((2, 5, 6, 4), (3, 2, 4, 3), {"strides": 2, "padding": "same"}),
        ((2, 5, 6, 4), (3, 2, 2, 6), {"padding": "same"}),
        ((2, 4, 6, 5), (3, 2, 4, 3), {"data_format": "channels_first", "dilation_rate": 2}),
        ((2, 7, 3), (3, 3, 2), {"padding": "same"}),
        ((1, 3, 4, 5, 2), (2, 2, 2, 2, 3), {}),
    ],
)
def test_a_convolution_gives_the_same_inside_a_loop(shape, kernel, settings):
    x, k = (np.sin(np.arange(np.prod(s), dtype="float32")).reshape(s) for s in (shape, kernel))

    def total(k, loop):
        def step(c, _):
            return c, ops.conv(x, k, **settings)

        return ops.sum((ops.scan(step, 0.0, length=1)[1][0] if loop else step(0, 0)[1]) ** 2)

    outside, inside = (jax.jit(jax.value_and_grad(total), static_argnums=1)(k, loop) for loop in (False, True))
    np.testing.assert_allclose(inside[0], outside[0], rtol=1e-5)
    np.testing.assert_allclose(inside[1], outside[1], rtol=1e-4, atol=1e-4)


def test_convolutions_in_loops_on_a_cpu_are_matrix_products():
    x, k = np.ones((1, 5, 20), "float32"), np.ones((3, 20, 20), "float32")

    def looped(x):
        return ops.fori_loop(0, 2, lambda i, y: ops.conv(y, k, padding="same"), x)

    expected = jax.default_backend() != "cpu"
    assert ("conv_general_dilated" in str(jax.make_jaxpr(looped)(x))) == expected
    assert "conv_general_dilated" in str(jax.make_jaxpr(lambda x: ops.conv(x, k))(x))


def test_gradients_pass_through_branches_and_loops():
    def f(x):
        y = ops.cond(x > 0, lambda: x**2, lambda: -x)
        y = ops.fori_loop(0, 3, lambda i, a: a * x, y)
        return ops.scan(lambda c, _: (c * 2, None), y, length=2)[0]

    # 4 x^5 above 0, and -4 x^4 below
    np.testing.assert_allclose(jax.jit(jax.grad(f))(2.0), 20 * 2.0**4, rtol=1e-5)
    np.testing.assert_allclose(jax.jit(jax.grad(f))(-2.0), -16 * (-2.0) ** 3, rtol=1e-5)


# --- symbolic


def test_control_flow_adds_nodes_with_the_right_shapes():
    x = keras.KerasTensor((None, 3))
    flag = keras.KerasTensor((), "bool")
    assert ops.cond(flag, lambda: ops.ones((2,)), lambda: ops.zeros((2,))).shape == (2,)
    assert ops.switch(keras.KerasTensor((), "int32"), [lambda a: a, lambda a: a * 2], x).shape == (None, 3)
    assert ops.map(lambda row: ops.sum(row), x).shape == (None,)
    assert ops.vectorized_map(lambda row: row[:2], x).shape == (None, 2)
    carry, rows = ops.scan(lambda c, row: (c + row, row[0]), ops.zeros((3,)), x)
    assert (carry.shape, rows.shape) == ((3,), (None,))
    assert ops.while_loop(lambda a: ops.sum(a) < 9, lambda a: a + 1, x).shape == (None, 3)
    assert ops.fori_loop(0, 2, lambda i, a: a + 1, x).shape == (None, 3)
    assert ops.associative_scan(lambda a, b: a + b, x).shape == (None, 3)


# --- variables: each call is made at once, then under a scope inside compiled code


def branch(v):
    return ops.cond(v.value > 0, lambda: add_and_double(v), lambda: 0.0)


def other_branch(v):
    return ops.cond(v.value < 0, lambda: add_and_double(v), lambda: 0.0)


def chosen(v):
    return ops.switch(ops.cast(v.value, "int32"), [lambda a: a, lambda a: add_and_double(v) + a], 5.0)


def counted(v):
    return ops.fori_loop(0, 3, lambda i, total: total + add_and_double(v), 0.0)


def repeated(v):
    return ops.while_loop(lambda x: v.value < 4, lambda x: x + add_and_double(v), 0.0)


def scanned(v):
    return ops.scan(lambda c, x: (c + add_and_double(v) * x, None), 0.0, np.array([1.0, 10.0], "float32"))[0]


def mapped(v):
    return ops.sum(ops.map(lambda x: x * add_and_double(v), np.array([1.0, 10.0], "float32")))


def mapped_at_once(v):
    return ops.sum(ops.vectorized_map(lambda x: x * add_and_double(v), np.array([1.0, 10.0], "float32")))


def combined(v):
    def join(a, b):
        v.assign_add(1.0)
        return a + b

    # two calls for two entries: one combines the pair, the other combines nothing with nothing
    return ops.associative_scan(join, np.array([1.0, 10.0], "float32"))[1]


def nested(v):
    def step(i, total):
        return total + ops.cond(i > 0, lambda: add_and_double(v), lambda: 0.0)

    return ops.fori_loop(0, 3, step, 0.0)


def own_gradient(v):
    @ops.custom_gradient
    def f(x):
        return x * add_and_double(v), lambda upstream: upstream

    return f(1.0)


EFFECTS = [  # a function, its result for v = 1, and the v it leaves
    (branch, 4.0, 2.0),
    (other_branch, 0.0, 1.0),
    (chosen, 9.0, 2.0),
    (counted, 4.0 + 6.0 + 8.0, 4.0),
    (repeated, 4.0 + 6.0 + 8.0, 4.0),
    (scanned, 4.0 + 60.0, 3.0),
    (mapped, 4.0 + 60.0, 3.0),
    (mapped_at_once, 44.0, 2.0),
    (combined, 11.0, 3.0),
    (nested, 4.0 + 6.0, 3.0),
    (own_gradient, 4.0, 2.0),
]
effects = pytest.mark.parametrize(("function", "result", "left"), EFFECTS, ids=[f.__name__ for f, *_ in EFFECTS])


@effects
def test_assignments_in_branches_and_loops_last(v, function, result, left):
    assert (function(v), v.numpy()) == (result, left)


def under_scope(function, v):
    def run(value):
        with Scope([v], [value]) as scope:
            result = function(v)
            return result, scope.read(v)

    return run


@effects
def test_assignments_last_inside_compiled_code_and_nowhere_else(v, function, result, left):
    assert jax.jit(under_scope(function, v))(1.0) == (result, left)
    assert v.numpy() == 1.0


@pytest.mark.parametrize(
    ("function", "slope"), [(branch, 2.0), (counted, 6.0), (scanned, 22.0), (mapped, 22.0), (nested, 4.0)]
)
def test_gradients_with_respect_to_assigned_variables(v, function, slope):
    run = under_scope(function, v)
    assert jax.grad(lambda x: run(x)[0])(1.0) == slope
    assert jax.jit(jax.grad(lambda x: run(x)[1]))(1.0) == 1.0


def test_a_loop_condition_cannot_assign(v):
    with pytest.raises(ValueError, match="`cond` assigned a variable"):
        ops.while_loop(lambda x: add_and_double(v) < 9, lambda x: x, 0.0)


def test_vectorized_map_refuses_assignments_that_depend_on_the_entry(v):
    with pytest.raises(ValueError, match=r"must not depend on the entry\. It assigns v"):
        ops.vectorized_map(lambda x: v.assign_add(x), np.ones(3, "float32"))


def test_random_draws_in_a_loop_advance_the_seed():
    def draw():
        seed = keras.random.SeedGenerator(3)
        _, rows = ops.scan(lambda c, _: (c, keras.random.uniform((), seed=seed)), 0.0, length=4)
        return [float(x) for x in rows], seed.state.numpy().tolist()

    (first, state), (again, _) = draw(), draw()
    assert len(set(first)) == 4
    assert first == again
    seed = keras.random.SeedGenerator(3)
    np.testing.assert_allclose(first, [keras.random.uniform((), seed=seed) for _ in range(4)], rtol=1e-6)
    assert state == seed.state.numpy().tolist()


def test_loops_that_begin_with_a_number_take_the_dtype_of_their_body():
    # as Keras 3.15.1 on JAX
    (found,) = ops.while_loop(lambda n: n < 3, lambda n: (n + 1.0,), [0])
    assert (float(found), found.dtype) == (3.0, "float32")
    assert float(ops.while_loop(lambda n: n < 3, lambda n: n + 1.5, 0)) == 3.0
    assert float(ops.fori_loop(0, 3, lambda i, n: n + 1.5, 0)) == 4.5
    last, seen = ops.scan(lambda total, x: (total * x, total), 1, ops.array([1.5, 2.0]))
    assert float(last) == 3.0
    np.testing.assert_array_equal(seen, [1.0, 1.5])
