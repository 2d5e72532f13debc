"""How a workload is timed inside its process, and the line it prints. Standard library only.

What is reported is the steady state: whatever happens once (import, build, trace, compile, the first epoch or the
first calls) is over before the clock starts.
"""

import json
import math
import os
import platform
import resource
import statistics
import sys
import time

FRAMEWORKS = ("keras", "tf_keras", "jax", "torch", "tensorflow", "numpy")


def epochs(workload, train, per_run, runs=3, budget=30.0):
    """Times `train(n)`, which trains n epochs and returns n losses: seconds per epoch, median of several runs.

    A run is `per_run` epochs long, so that what a run costs beside its epochs is shared as in real use. After
    `budget` seconds no further run is begun.
    """
    losses = list(train(2))  # compiles, for whole batches and for the smaller last one
    times, began = [], time.perf_counter()
    while len(times) < runs and (not times or time.perf_counter() - began < budget):
        start = time.perf_counter()
        losses += train(per_run)
        times.append((time.perf_counter() - start) / per_run)
    report(workload, statistics.median(times), times=times, **learned(losses))


def calls(workload, call, most=100, budget=8.0, **more):
    """Times `call()`: seconds per call, median of up to `most` calls within `budget` seconds."""
    for _ in range(5):
        call()
    times, began = [], time.perf_counter()
    while len(times) < most and (len(times) < 5 or time.perf_counter() - began < budget):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    report(workload, statistics.median(times), calls=len(times), fastest=min(times), slowest=max(times), **more)


def rounds(workload, once, count):
    """Times `once()` `count` times after a first one that is not counted: mean seconds, and what it returned."""
    first = time.perf_counter()
    results = [once()]
    first = time.perf_counter() - first
    times = []
    for _ in range(count):
        start = time.perf_counter()
        results.append(once())
        times.append(time.perf_counter() - start)
    report(workload, statistics.mean(times), times=times, first=first, accuracy=results)


def learned(losses):
    """The first and last loss; a run whose loss did not fall is no result."""
    losses = [float(loss) for loss in losses]
    if not (all(map(math.isfinite, losses)) and losses[-1] < losses[0]):
        raise SystemExit(f"the loss did not fall: {losses[0]:.4f} to {losses[-1]:.4f}")
    return {"loss_first": losses[0], "loss_last": losses[-1]}


def version_of(module):
    """The version of a library; that of Kerata stands behind the release of Keras whose interface it has."""
    told = module.version() if callable(getattr(module, "version", None)) else ""
    return told.partition("+kerata.")[2] or module.__version__


def report(workload, seconds, **more):
    """Prints the result, one line of JSON, with what it was measured on."""
    line = {"workload": workload, "peer": os.environ.get("BENCHMARK_PEER", ""), "seconds": seconds, **more}
    loaded = ((name, sys.modules.get(name)) for name in FRAMEWORKS)
    line["versions"] = {name: version_of(module) for name, module in loaded if hasattr(module, "__version__")}
    line["versions"]["python"] = platform.python_version()
    line["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(line), flush=True)
