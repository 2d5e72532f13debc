"""Which year a program was written for: read from its source, without running it."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from typing import NamedTuple

from keras.legacy import arguments, modules, names

# what only the releases of one era had, beside the tables of arguments and modules
_ONLY_0 = frozenset(("class_mode", "show_accuracy", "add_input", "add_node", "add_output", "TimeDistributedMerge"))
_ONLY_1 = frozenset((
    "nb_epoch", "samples_per_epoch", "nb_val_samples", "max_q_size", "nb_worker", "pickle_safe", "nb_words",
    "nb_classes", "Merge", "merge", "get_output_shape_for", "MaxoutDense", "Highway", "TimeDistributedDense",
    "image_dim_ordering", "set_image_dim_ordering", "activity_l2", "activity_l1", "l1l2",
))  # fmt: skip
_ONLY_2 = frozenset((
    "fit_generator", "evaluate_generator", "predict_generator", "predict_classes", "predict_proba", "CuDNNLSTM",
    "CuDNNGRU", "multi_gpu_model", "val_acc", "input_length", "batch_input_shape",
))  # fmt: skip
_MODULES_0_1 = frozenset(("keras.objectives", "keras.initializations"))


class Detected(NamedTuple):
    """What was found: the era, and what says so."""

    era: str
    signs: tuple[str, ...]


@functools.cache
def _spellings() -> dict[str, str]:
    """Keyword arguments that only one era had -> that era."""
    found: dict[str, set[str]] = {}
    tables = [*arguments.TABLES.values()]
    today = set()
    for table in tables:
        for row in table:
            today.update(arguments._several(row.today))
    for table in tables:
        for row in table:
            for name in arguments._several(row.old):
                if name not in today:
                    found.setdefault(name, set()).update(row.eras.split())
    return {name: ("1" if "1.x" in eras else "0") for name, eras in found.items() if not eras & {"2.x"}}


# names of arguments that mean something else in other calls of any year
_COMMON = frozenset(
    ("p", "m", "l", "a", "X", "init", "bias", "length", "low", "high", "dims", "input", "output", "stride")
)


def detect(source: str) -> Detected:
    """The era whose names a program uses.

    Args:
        source: the program.

    Raises:
        SyntaxError: it is no Python of today.
    """
    votes: Counter[str] = Counter()
    signs: dict[str, str] = {}

    def vote(era: str, sign: str, weight: int = 1) -> None:
        if sign not in signs:
            signs[sign] = era
            votes[era] += weight

    tree = ast.parse(source)
    tensorflow = False
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for path in _paths(node):
                if path.startswith(("tensorflow", "tf_keras")):
                    tensorflow = True
                _vote_for_import(path, vote)
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg is not None:
                    _vote_for_keyword(keyword.arg, vote)
            name = _name_of(node.func)
            if name and name.startswith("Convolution") and len(node.args) > 2:
                vote("1", f"{name}(n, rows, columns)", 3)
            if name in _ONLY_1:
                vote("1", name, 3)
            elif name in _ONLY_0:
                vote("0", name, 3)
            elif name in _ONLY_2:
                vote("2", name, 2)
        elif isinstance(node, ast.Constant) and node.value in ("acc", "val_acc", "val_loss_acc"):
            vote("2.2", repr(node.value), 1)
        elif isinstance(node, ast.Constant) and node.value in ("val_accuracy",):
            vote("2.3", repr(node.value), 1)
        elif isinstance(node, ast.FunctionDef) and node.name == "get_output_shape_for":
            vote("1", node.name, 3)
        elif (
            isinstance(node, ast.FunctionDef)
            and node.name == "get_output"
            and any(a.arg == "train" for a in node.args.args)
        ):
            vote("0", "get_output(train)", 3)
    return Detected(_elected(votes, tensorflow), tuple(signs))


def _elected(votes: Counter, tensorflow: bool) -> str:
    """The era that the signs are for: the older of two, unless today's own names are there."""
    if votes["3"] and not votes["1"] and not votes["0"]:
        return "3"
    if votes["0"] >= 3 and votes["0"] >= votes["1"]:
        return "0"
    if votes["1"]:
        return "1"
    if tensorflow:
        return "tf2" if votes["2"] or votes["2.2"] or votes["2.3"] else "3"
    if votes["2"] or votes["2.2"] or votes["2.3"]:
        return "2.2" if votes["2.2"] > votes["2.3"] else "2"
    return "3"


def _paths(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module or ''}.{alias.name}" for alias in node.names] + [node.module or ""]


def _vote_for_import(path: str, vote) -> None:
    if not path.startswith("keras"):
        return
    if path in _MODULES_0_1 or any(path.startswith(m + ".") for m in _MODULES_0_1):
        vote("1", path, 3)
        return
    module, _, name = path.rpartition(".")
    if name in _ONLY_1 and module.startswith("keras"):
        vote("1", path, 3)
    elif name in _ONLY_0:
        vote("0", path, 3)
    elif path in modules._KNOWN or module in modules._KNOWN or name in names.names_of(module):
        vote("2", path, 2)
    elif path.startswith(("keras.ops", "keras.random", "keras.saving", "keras.distribution", "keras.tree")):
        vote("3", path, 2)


def _vote_for_keyword(name: str, vote) -> None:
    if name in _COMMON:
        return
    if name in _ONLY_0:
        vote("0", name, 3)
    elif name in _ONLY_1 or _spellings().get(name) == "1":
        vote("1", name, 1)
    elif _spellings().get(name) == "0":
        vote("0", name, 1)
    elif name in _ONLY_2:
        vote("2", name, 1)


def _name_of(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None
