"""Processes on machines with addresses of their own, as far as this one can be divided into such (Linux only)."""

import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
APART = ("unshare", "--user", "--map-root-user", "--net", "--mount")


@functools.cache
def may_be_divided():
    """Whether the kernel lets this user make namespaces with links between them."""
    if not all(map(shutil.which, ("unshare", "nsenter", "ip", "mount", "hostname"))):
        return False
    tried = "ip link add end0 type veth peer name end1 && ip link add common type bridge"
    return subprocess.run([*APART, "sh", "-c", tried], capture_output=True, check=False).returncode == 0


def on_two_machines(folder, task):
    """The exit codes and what the processes said."""
    if not may_be_divided():
        pytest.skip("this machine allows no network namespaces")
    program = [HERE / "machines_program.py", folder, task]
    subprocess.run([*APART, sys.executable, HERE / "machines.py", folder, "2", *program], check=True, timeout=1300)
    codes = json.loads((folder / "codes.json").read_text())
    return codes, [(folder / f"said-{i}.txt").read_text() for i in range(2)]


@pytest.mark.slow
def test_two_machines_train_as_one(tmp_path):
    codes, said = on_two_machines(tmp_path, "train")
    assert codes == [0, 0], said[0][-2000:] + said[1][-2000:]
    for text in said:
        assert "found 2 [[3.0]]" in text  # the gradient is -4 times the mean of x^2


@pytest.mark.slow
def test_a_link_that_breaks_ends_both_machines_and_the_first_says_which_is_lost(tmp_path):
    codes, said = on_two_machines(tmp_path, "cut")
    assert all(codes), said[0][-2000:]
    assert (tmp_path / "cut").exists()
    assert "Process 1 (machine1) has ended or does not answer" in said[0]
    assert "Start the job again" in said[0]
