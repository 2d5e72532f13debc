"""Freed memory stays with the process, unless somebody else has said how memory is handled."""

import os
import platform
import subprocess
import sys

import pytest

glibc_only = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of glibc's malloc")

PROGRAM = """
import numpy as np
from keras._jax import allocation

def mebibytes():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096 >> 20

start = mebibytes()
x = np.ones(100 << 18, "float32")
del x
kept = mebibytes() - start
allocation.give_back_freed_memory()
print(kept, mebibytes() - start)
"""


def kept_and_given_back(**environment):
    tuned = ("MALLOC_", "LD_PRELOAD", "GLIBC_TUNABLES", "KERAS_KEEP_MEMORY")
    around = {k: v for k, v in os.environ.items() if not k.startswith(tuned)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**around, **environment}, capture_output=True, text=True, check=True
    )
    return tuple(map(int, done.stdout.split()))


@glibc_only
def test_freed_memory_stays_with_the_process_until_it_is_given_back():
    kept, after = kept_and_given_back()
    assert kept > 90
    assert after < 10


@glibc_only
@pytest.mark.parametrize("environment", [{"KERAS_KEEP_MEMORY": "0"}, {"MALLOC_ARENA_MAX": "4"}], ids=lambda e: min(e))
def test_whoever_tunes_malloc_or_says_no_keeps_what_the_library_does(environment):
    kept, _ = kept_and_given_back(**environment)
    assert kept < 10
