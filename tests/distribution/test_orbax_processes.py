"""Checkpoints of Orbax, written by some processes and devices and gone on with by others."""

import numpy as np
import pytest

from distribution.several_processes import results

PROGRAM = "orbax_program.py"


@pytest.mark.slow
def test_a_checkpoint_in_parts_is_gone_on_with_on_other_numbers_of_processes_and_devices(tmp_path):
    pytest.importorskip("orbax.checkpoint")
    written, _ = results(tmp_path, "begin", 2, program=PROGRAM)
    assert "batch" in written[0]["spec"]  # each process has and writes a part
    for task, processes, devices in (("whole", 1, 1), ("sharded", 1, 4), ("sharded", 2, 2)):
        found, _ = results(tmp_path, task, processes, program=PROGRAM, devices=devices)
        for one in found:
            assert one["first"] == 1
            assert ("batch" in one["spec"]) == (task == "sharded")
            np.testing.assert_allclose(one["losses"], written[0]["losses"], rtol=2e-5)
            for got, expected in zip(one["weights"], written[0]["weights"], strict=True):
                np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-6)
