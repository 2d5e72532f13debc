"""Jobs of several processes on this machine."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROGRAM = "processes_program.py"
PATIENCE = 1200  # seconds that a job may take: on a machine that others use, ten times what it takes alone


def begun(folder, task, count, program=PROGRAM, devices=1):
    """The processes of a job, which write what they say to files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    started = []
    for number in range(count):
        about = {
            "KERAS_DISTRIBUTION_JOB_ADDRESSES": address, "KERAS_DISTRIBUTION_NUM_PROCESSES": str(count),
            "KERAS_DISTRIBUTION_PROCESS_ID": str(number), "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count={devices}",
        }  # fmt: skip
        with open(folder / f"{task}-{number}.txt", "w") as output:
            started.append(
                subprocess.Popen(
                    [sys.executable, str(HERE / program), str(folder), task], env={**os.environ, **about},
                    stdout=output, stderr=subprocess.STDOUT,
                )
            )  # fmt: skip
    return started


def ended(folder, task, count, **how):
    """The exit codes and the outputs of a job."""
    started = begun(folder, task, count, **how)
    try:
        codes = [process.wait(PATIENCE) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    return codes, [(folder / f"{task}-{number}.txt").read_text() for number in range(count)]


def results(folder, task, count, **how):
    """What the processes of a job found, and their outputs."""
    codes, outputs = ended(folder, task, count, **how)
    assert codes == [0] * count, outputs[0][-3000:] + outputs[-1][-3000:]
    return [json.loads((folder / f"{task}-{number}.json").read_text()) for number in range(count)], outputs
