"""Programs on several devices, which the CPU only pretends to have."""

import json
import os
import subprocess
import sys


def result_on(count, program):
    """What a program prints last, as JSON, in a process of its own with so many devices."""
    flags = os.environ.get("XLA_FLAGS", "") + f" --xla_force_host_platform_device_count={count}"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
