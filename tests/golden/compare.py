"""Compares answers with those of an earlier release."""

import numpy as np

RELATIVE = 1e-5
# Sums of a few dozen float32 terms in another order: a few units in the last place of the largest value.
ABSOLUTE = 2e-6


def assert_same(got, expected, where="", relative=RELATIVE, absolute=ABSOLUTE):
    """Fails, naming the place, unless the nested answers are equal within float32."""
    if isinstance(expected, dict):
        assert sorted(got) == sorted(expected), f"{where}: {sorted(got)} is not {sorted(expected)}"
        for key, item in expected.items():
            assert_same(got[key], item, f"{where}/{key}", relative, absolute)
    elif isinstance(expected, list):
        assert isinstance(got, (list, tuple)), f"{where}: {got} is not {expected}"
        assert len(got) == len(expected), f"{where}: {len(got)} things instead of {len(expected)}"
        for place, (one, other) in enumerate(zip(got, expected, strict=True)):
            assert_same(one, other, f"{where}/{place}", relative, absolute)
    elif isinstance(expected, np.ndarray):
        assert_close_arrays(got, expected, where, relative, absolute)
    elif isinstance(expected, float):
        assert_close_arrays(np.asarray(got, "float64"), np.asarray(expected), where, relative, absolute)
    else:
        assert got == expected, f"{where}: {got!r} is not {expected!r}"


def assert_close_arrays(got, expected, where, relative, absolute):
    got = np.asarray(got)
    assert got.shape == expected.shape, f"{where}: shape {got.shape} is not {expected.shape}"
    if expected.dtype.kind in "biu":
        np.testing.assert_array_equal(got, expected, where)
        return
    assert got.dtype == expected.dtype, f"{where}: {got.dtype} is not {expected.dtype}"
    finite = np.abs(expected[np.isfinite(expected)])
    scale = max(1.0, finite.max()) if finite.size else 1.0
    np.testing.assert_allclose(got, expected, rtol=relative, atol=absolute * scale, err_msg=where)
