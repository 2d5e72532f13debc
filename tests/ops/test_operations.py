"""Every operation, one case after the other: value, symbolic shape, compiled value, gradient."""

import functools
import warnings

import jax
import numpy as np
import pytest

import keras
from keras import ops
from keras._core import tree
from ops.cases_nn import CASES

FLOATS = ("float16", "bfloat16", "float32")


def function_of(case):
    return functools.reduce(getattr, case.op.split("."), ops)


def call(case, arguments, keywords=None):
    return function_of(case)(*arguments, **(case.keywords if keywords is None else keywords))


def leaves(x):
    return [leaf for leaf in tree.leaves(x) if leaf is not None]


@functools.cache
def value(index):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return call(CASES[index], CASES[index].arguments)


def by_case(condition=lambda case: True):
    chosen = [i for i, case in enumerate(CASES) if condition(case)]
    return pytest.mark.parametrize("index", chosen, ids=[f"{i}-{CASES[i]}" for i in chosen])


def is_tensor(x):
    return isinstance(x, np.ndarray)


def float_arguments(case):
    return [x for x in leaves(case.arguments) if is_tensor(x) and x.dtype == np.float32]


@by_case(lambda case: case.expected is not None)
def test_the_value_is_that_of_the_reference(index):
    case = CASES[index]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy warns of empty slices that have a defined result here
        expected = leaves(case.result())
    found = leaves(value(index))
    assert len(found) == len(expected)
    for a, b in zip(found, expected):
        if isinstance(b, str):
            assert a == b
            continue
        np.testing.assert_allclose(np.asarray(a), b, rtol=case.close, atol=case.close)
        assert np.shape(a) == np.shape(b)


def symbols(x, batch):
    def symbol(leaf):
        if not is_tensor(leaf):
            return leaf
        shape = (None, *leaf.shape[1:]) if batch and leaf.ndim else leaf.shape
        return keras.KerasTensor(shape, leaf.dtype.name if leaf.dtype != np.int64 else "int32")

    return tree.map_leaves(symbol, x)


def has_tensors(case):
    return any(is_tensor(x) for x in leaves(case.arguments))


@by_case(lambda case: "symbol" not in case.fixed and has_tensors(case))
def test_the_symbolic_result_has_the_shape_and_dtype_of_the_value(index):
    case = CASES[index]
    found, expected = leaves(call(case, symbols(case.arguments, batch=False))), leaves(value(index))
    assert len(found) == len(expected)
    for symbol, array in zip(found, expected):
        assert symbol.dtype == np.asarray(array).dtype.name
        known = [size if d is not None else None for d, size in zip(symbol.shape, np.shape(array))]
        assert len(symbol.shape) == np.ndim(array)
        assert list(symbol.shape) == known
        # only sizes that depend on values may be open
        assert None not in symbol.shape or {"trace", "size"} & set(case.fixed)


@by_case(lambda case: not {"symbol", "batch"} & set(case.fixed) and has_tensors(case))
def test_an_unknown_batch_size_stays_unknown_and_every_known_size_is_right(index):
    case = CASES[index]
    found, expected = leaves(call(case, symbols(case.arguments, batch=True))), leaves(value(index))
    for symbol, array in zip(found, expected):
        assert symbol.dtype == np.asarray(array).dtype.name
        assert len(symbol.shape) == np.ndim(array)
        assert all(d is None or d == size for d, size in zip(symbol.shape, np.shape(array)))


@by_case(lambda case: "trace" not in case.fixed and has_tensors(case))
def test_compiled_code_computes_the_same(index):
    case = CASES[index]
    places = [x for x in leaves(case.arguments) if is_tensor(x)]

    @jax.jit
    def run(arrays):
        arrays = iter(arrays)
        filled = tree.map_leaves(lambda x: next(arrays) if is_tensor(x) else x, case.arguments)
        return [x for x in leaves(call(case, filled)) if hasattr(x, "dtype")]

    found = run(places)
    expected = [x for x in leaves(value(index)) if hasattr(x, "dtype")]
    assert len(found) == len(expected)
    for a, b in zip(found, expected):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-4, atol=1e-4)


@by_case(lambda case: case.slope and float_arguments(case))
def test_the_gradient_is_the_slope(index):
    """In one direction: the sum of all results, weighted, along a line through the arguments."""
    case = CASES[index]
    arrays = [x for x in leaves(case.arguments) if is_tensor(x)]
    generator = np.random.RandomState(7)
    moves = [generator.uniform(-1, 1, a.shape).astype("float32") if a.dtype == np.float32 else None for a in arrays]

    def along(t):
        moved = iter(a if m is None else a + t * m for a, m in zip(arrays, moves))
        results = leaves(call(case, tree.map_leaves(lambda x: next(moved) if is_tensor(x) else x, case.arguments)))
        return sum(ops.sum(r * np.cos(np.arange(r.size, dtype="float32")).reshape(r.shape)) for r in results)

    compiled = jax.jit(jax.value_and_grad(along))
    middle, slope = compiled(np.float32(0))
    step = 1e-3
    measured = (compiled(np.float32(step))[0] - compiled(np.float32(-step))[0]) / (2 * step)
    assert np.isfinite(slope)
    np.testing.assert_allclose(slope, measured, rtol=2e-2, atol=2e-2 * max(1.0, abs(float(middle))))


def of_type(x, dtype):
    def change(leaf):
        return keras.KerasTensor(leaf.shape, dtype) if is_tensor(leaf) and leaf.dtype == np.float32 else leaf

    return tree.map_leaves(change, x)


# results of another kind than their arguments
FROM_FLOATS_TO = {
    "cast", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "isclose", "allclose",
    "isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal", "signbit", "argmax", "argmin", "nanargmax",
    "nanargmin", "argsort", "argpartition", "searchsorted", "digitize", "in_top_k", "matrix_rank", "polar",
    "view_as_complex", "eig", "view", "saturate_cast", "fft", "fft2", "ifft2", "rfft", "irfft", "stft", "istft",
    "zeros_like", "ones_like", "one_hot", "count_nonzero", "isin", "image.scale_and_translate",
    "sparse_categorical_crossentropy",
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@by_case(lambda case: "symbol" not in case.fixed and float_arguments(case) and case.op not in FROM_FLOATS_TO)
def test_16_bit_floats_stay(index, dtype):
    case = CASES[index]
    for found in leaves(call(case, of_type(case.arguments, dtype), of_type(case.keywords, dtype))):
        if found.dtype in FLOATS:
            assert found.dtype == dtype


TWO_NUMBERS = [
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "mod", "floor_divide", "arctan2", "hypot",
    "logaddexp", "fmax", "fmin", "fmod", "heaviside",
]  # fmt: skip


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("op", TWO_NUMBERS)
def test_python_numbers_do_not_widen(op, dtype):
    x = ops.ones((2,), dtype)
    assert getattr(ops, op)(x, 2.5).dtype == dtype
    assert getattr(ops, op)(2, x).dtype == dtype


@pytest.mark.parametrize("op", ["mean", "exp", "sqrt", "softmax", "var", "sigmoid", "log_softmax", "median"])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32"])
def test_whole_numbers_become_floats(op, dtype):
    assert getattr(ops, op)(ops.ones((2, 2), dtype)).dtype == "float32"


def test_whole_numbers_become_the_default_float_type():
    keras.config.set_floatx("float16")
    assert ops.mean([1, 2]).dtype == "float16"
    assert ops.divide([1, 2], 2).dtype == "float16"
    assert ops.exp(ops.array([1, 2])).dtype == "float16"
    assert ops.zeros((2,)).dtype == "float16"
    assert ops.convert_to_tensor(1.5).dtype == "float16"


@pytest.mark.parametrize("op", ["sum", "prod"])
def test_small_whole_numbers_are_added_up_in_32_bits(op):
    assert getattr(ops, op)(np.array([100, 100], "uint8")).dtype == "uint32"
    assert getattr(ops, op)(np.array([True, True])).dtype == "int32"


def test_every_operation_has_a_case():
    aliases = {
        "abs": "absolute", "bitwise_invert": "bitwise_not", "conjugate": "conj", "true_divide": "divide",
        "left_shift": "bitwise_left_shift", "right_shift": "bitwise_right_shift", "swish": "silu",
        "hard_swish": "hard_silu",
    }  # fmt: skip
    for alias, name in aliases.items():
        assert getattr(ops, alias) is getattr(ops, name)
    elsewhere = {  # in test_control_flow.py and test_special_operations.py
        "associative_scan", "cond", "custom_gradient", "fori_loop", "jvp", "map", "scan", "switch", "vectorize",
        "vectorized_map", "while_loop", "ctc_decode", "image.elastic_transform",
    }  # fmt: skip
    names = {n for n in ops.__all__ if callable(getattr(ops, n))} | {f"image.{n}" for n in ops.image.__all__}
    assert names - {case.op for case in CASES} - aliases.keys() == elsewhere
