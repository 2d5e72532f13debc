"""The state of the generators that programs draw from on the host: Python's, NumPy's, and PyTorch's if it is loaded."""

from __future__ import annotations

import random
import sys
from typing import Any

import numpy as np


def take() -> dict[str, Any]:
    """The states as they are now, as numbers, text and arrays."""
    version, numbers, python_spare = random.getstate()
    kind, keys, position, has_spare, spare = np.random.get_state(legacy=True)
    found = {
        "python": [version, np.array(numbers, "uint32"), python_spare],
        "numpy": [kind, keys, int(position), int(has_spare), float(spare)],
    }
    torch = sys.modules.get("torch")
    if torch is not None:
        found["torch"] = torch.get_rng_state().numpy()
    return found


def part(number: int) -> None:
    """Lets process `number` draw other numbers than processes in the same state; the first goes on as if alone."""
    if not number:
        return
    seed = [int(np.random.randint(1 << 31)), number]
    random.seed(repr(seed))
    np.random.seed(seed)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(int(np.random.randint(1 << 31)))


def put(state: dict[str, Any] | None) -> None:
    """Sets the states that `take` returned; None leaves them as they are."""
    if state is None:
        return
    version, numbers, spare = state["python"]
    random.setstate((int(version), tuple(int(n) for n in numbers), spare))
    kind, keys, *rest = state["numpy"]
    np.random.set_state((str(kind), np.asarray(keys, "uint32"), *rest))
    torch = sys.modules.get("torch")
    if torch is not None and "torch" in state:
        torch.set_rng_state(torch.from_numpy(np.array(state["torch"], "uint8")))
