"""Initializers, regularizers and constraints as Keras 2.3 or 1.2 wrote them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras.legacy.written_rows import NAMES_OF_1, VARIANCE_SCALED

_NAME_OF_SCALED = {about: name for name, about in VARIANCE_SCALED.items()}


def _initializer(era: str, kind: str, config: dict) -> Any:
    if era == "1":
        plain = {k: v for k, v in config.items() if k not in ("seed", "input_axes", "output_axes")}
        if kind == "VarianceScaling":
            about = plain["scale"], plain["mode"], plain["distribution"].rpartition("_")[2]
            kind, plain = _NAME_OF_SCALED.get(about, kind), {}
        return NAMES_OF_1.get((kind, *plain.values()))
    if kind in VARIANCE_SCALED:
        scale, mode, distribution = VARIANCE_SCALED[kind]
        about = {"scale": scale, "mode": mode, "distribution": distribution, "seed": config.get("seed")}
        return {"class_name": "VarianceScaling", "config": about}
    if kind == "VarianceScaling":
        known = {"truncated_normal": "normal", "uniform": "uniform", "normal": "normal"}
        if config["distribution"] not in known:
            return None
        keys = ("scale", "mode", "seed")
        about = {**{k: config[k] for k in keys}, "distribution": known[config["distribution"]]}
        return {"class_name": kind, "config": about}
    if kind in ("Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "Orthogonal"):
        return {"class_name": kind, "config": config}
    return None


def _regularizer(era: str, kind: str, config: dict) -> Any:
    if kind not in ("L1", "L2", "L1L2"):
        return None
    about = {"l1": float(config.get("l1", 0.0)), "l2": float(config.get("l2", 0.0))}
    return {"name": "L1L2Regularizer", **about} if era == "1" else {"class_name": "L1L2", "config": about}


def _constraint(era: str, kind: str, config: dict) -> Any:
    if kind not in ("MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"):
        return None
    if era == "2":
        return {"class_name": kind, "config": config}
    if kind == "MinMaxNorm":
        return None
    return {"name": kind, **{("m" if k == "max_value" else k): v for k, v in config.items()}}


_WRITERS: dict[str, Callable[[str, str, dict], Any]] = {
    "keras.initializers": _initializer,
    "keras.regularizers": _regularizer,
    "keras.constraints": _constraint,
}


def written_piece(era: str, module: str, kind: str, config: dict) -> Any:
    """What the release wrote for an object of one of today's modules; None where it had nothing like it.

    Args:
        era: '1' or '2'.
        module: where the object's class is today.
        kind: the name of its class.
        config: its config of today.
    """
    write = _WRITERS.get(module)
    return None if write is None else write(era, kind, config)
