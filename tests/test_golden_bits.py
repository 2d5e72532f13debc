"""Quantizers, quantised and adapted layers, training under dtype policies and with a teacher: as Keras 3 does it."""

import pytest

from golden import ask_bits, compare, store

# Weights with a scale per 128 are drawn from a coarse grid, where many lie in the middle between two integers: the last
# bit of a scale decides, and outputs differ by a step. Smaller blocks and scales per channel have no such weights.
TIES = "-int4"

# Training in 8-bit floats drifts apart by a hundredth within six steps; in bfloat16 that is what rounding allows.
DRIFTS = "float8-float32"

CASES = [case for case in store.read("bits") if not case["name"].endswith(TIES) and case["name"] != DRIFTS]


@pytest.mark.parametrize("case", CASES, ids=store.name_of)
def test_fewer_bits_give_what_keras_3_gave(case):
    answers, wanted = ask_bits.answer(case), case["answers"]
    if case["name"].startswith("reversible-"):
        # Keras 3 stops gradients at the rounding of inputs here, and nowhere else
        answers, wanted = ({k: v for k, v in one.items() if k != "gradient"} for one in (answers, wanted))
    # sums of 16-bit numbers in another order differ in their last bits: 3 digits in bfloat16, 4 in float16
    text = case.get("policy", "") + str(case.get("layer", ""))
    relative, absolute = (2e-2, 1e-2) if "bfloat16" in text else (5e-3, 2e-3) if "float16" in text else (2e-5, 5e-6)
    compare.assert_same(answers, wanted, case["name"], relative=relative, absolute=absolute)
