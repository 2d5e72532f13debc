"""Which year a program was written for: read from its source, without running it.

Only what today's release would refuse or answer differently counts, and only where it can be meant for Keras: a program
of today that other packages' names happen to look old in has to stay one of today.
"""

from __future__ import annotations

import ast
import functools
from collections import Counter
from typing import Any, NamedTuple

from keras.legacy import arguments, backend, modules, names
from keras.legacy.packages import in_keras

# what only the releases of one era had, beside the tables of arguments and modules
_ONLY_0 = frozenset((
    "class_mode", "show_accuracy", "add_input", "add_node", "add_output", "TimeDistributedMerge", "WordContextProduct",
))  # fmt: skip
_ONLY_1 = frozenset((
    "nb_epoch", "samples_per_epoch", "nb_val_samples", "max_q_size", "nb_worker", "pickle_safe", "nb_words",
    "nb_classes", "Merge", "merge", "get_output_shape_for", "MaxoutDense", "Highway", "TimeDistributedDense",
    "image_dim_ordering", "set_image_dim_ordering", "activity_l2", "activity_l1", "l1l2",
))  # fmt: skip
_ONLY_2 = frozenset((
    "fit_generator", "evaluate_generator", "predict_generator", "predict_classes", "predict_proba", "CuDNNLSTM",
    "CuDNNGRU", "multi_gpu_model", "input_length", "batch_input_shape", "get_input_at", "get_input_mask_at",
    "get_input_shape_at", "get_output_at", "get_output_mask_at", "get_output_shape_at",
))  # fmt: skip
# understood from 2.x on only: beside these, names of 1.x are leftovers, which 2.x understood too
_SINCE_2 = frozenset((
    "data_format", "epochs", "filters", "kernel_constraint", "kernel_initializer", "kernel_regularizer", "kernel_size",
    "num_classes", "num_words", "recurrent_initializer", "recurrent_regularizer", "steps_per_epoch", "units",
    "validation_steps",
))  # fmt: skip
# of tf.keras until 2.15, where a program has it from TensorFlow: other classes have methods and texts of these names
_ONLY_TF = frozenset((
    "_get_hyper", "_resource_apply_dense", "_set_hyper", "add_metric", "compiled_loss", "compiled_metrics",
    "reset_states", "save_format",
))  # fmt: skip
_WITH_FILES = frozenset(("load_weights", "save", "save_weights"))  # wanted no ending of their names then
_MODULES_0_1 = frozenset(("keras.objectives", "keras.initializations"))
_OPTIMIZERS = frozenset(("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"))
_RATES = frozenset(("lr", "decay"))  # of the optimizers, until 2.x

# came with tf.keras 2 or later: beside these, older names are leftovers
_LATE = frozenset((
    "AdamW", "LayerNormalization", "MultiHeadAttention", "RandomFlip", "RandomRotation", "RandomZoom", "Rescaling",
    "ReversibleEmbedding", "TextVectorization", "image_dataset_from_directory", "jit_compile", "run_eagerly",
    "set_random_seed", "text_dataset_from_directory", "timeseries_dataset_from_array", "weight_decay",
))  # fmt: skip
_TODAY = ("keras.ops", "keras.random", "keras.saving", "keras.distribution", "keras.tree", "keras.src")

# what Python 2 had to ask for: such programs ran on it, as Keras did until 2.3
ASKED_OF_PYTHON_2 = frozenset(("absolute_import", "division", "print_function", "unicode_literals"))

# packages that are one release under another name, and beside which others can be installed
_WHOLE_RELEASES = {"tf_keras": "tf2", "keras_core": "3"}

# names of arguments that mean something else in other calls of any year: they count where a table says so of the callee
_COMMON = frozenset((
    "p", "m", "l", "a", "N", "X", "sigma", "init", "bias", "length", "low", "high", "dims", "input", "output",
    "output_dim", "stride",
))  # fmt: skip
# packages whose estimators have `predict_proba` too
OTHER_ESTIMATORS = ("sklearn", "scikeras", "keras.wrappers.SKLearn", "xgboost", "lightgbm", "catboost")


class Detected(NamedTuple):
    """What was found: the era, and what says so."""

    era: str
    signs: tuple[str, ...]


class Unknown:
    """An argument whose value is known only when the program runs."""


def detect(source: str) -> Detected:
    """The era whose names a program uses.

    Args:
        source: the program.

    Raises:
        SyntaxError: it is no Python of today.
    """
    reading = Reading()
    reading.read(ast.parse(source))
    era = reading.elected()
    unheard = ("late", "3") if reading.in_tensorflow else ("late", "3", "tf2")
    signs = [sign for sign, of in reading.signs.items() if of not in unheard]
    return Detected(era, tuple(sorted(signs, key=lambda sign: reading.signs[sign] != era)))


def order_of(orders: list, args: list) -> Any:
    """The order that the positional arguments of a call are in, if it can be no other; None otherwise."""
    known = tuple(a.value if isinstance(a, ast.Constant) else _kind_of(a) for a in args)
    for order in orders:
        try:
            if order.when is not None and order.when(known):
                return order
        except TypeError:  # compared a value that is not known
            continue
    return None


def _kind_of(node: ast.expr) -> Any:
    kinds = {ast.Tuple: (), ast.List: [], ast.Dict: {}}
    return kinds.get(type(node), Unknown())


class Reading:
    """Signs of eras, collected from a program from its top to its end."""

    def __init__(self) -> None:
        self.votes: Counter[str] = Counter()
        self.signs: dict[str, str] = {}
        self.paths: dict[str, str] = {}  # what the program's names stand for; its own functions stand for nothing
        self.assigned: set[str] = set()
        self.texts: dict[str, str] = {}  # names of the program that stand for one text
        self.starred: list[str] = []  # modules that `import *` took all names of
        self.asked_of_python_2: list[str] = []
        self.in_tensorflow = False
        self.asks_for_acc = False
        self.reads_acc = False

    def vote(self, era: str, sign: str, weight: int = 1) -> None:
        if sign not in self.signs:
            self.signs[sign] = era
            self.votes[era] += weight

    def read(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        for node in nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._note_import(node)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.paths.setdefault(node.name, "")
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.assigned.add(node.id)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.texts[node.targets[0].id] = self._text_of(node.value)
        for node in nodes:
            if isinstance(node, ast.Call):
                self._read_call(node)
            elif isinstance(node, ast.Attribute):
                self._read_path(self.path_of(node))
                if node.attr in _ONLY_TF:
                    self.vote("tf2", node.attr)
                elif node.attr == "metrics_tensors":
                    self.vote("2.2", node.attr)
            elif isinstance(node, ast.Name):
                self._read_starred(node.id)
            elif isinstance(node, ast.Constant):
                self._read_text(node.value)
            elif isinstance(node, ast.FunctionDef):
                self._read_function(node)
            elif isinstance(node, ast.keyword) and node.arg in _ONLY_TF:
                self.vote("tf2", node.arg)
            elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "metrics_names":
                self.vote("2", "metrics_names[...]")  # today the second is 'compile_metrics', whatever was asked for
        if self.reads_acc and not self.asks_for_acc:
            self.vote("2.2", "'acc'")
        ours = self.in_tensorflow or any(path.partition(".")[0] == "keras" for path in self.paths.values())
        for name in self.asked_of_python_2 if ours else []:
            self.vote("2", f"from __future__ import {name}")

    def elected(self) -> str:
        """The era that the signs are for: the older of two, unless today's own names are there."""
        votes = self.votes
        may_be_older = not (votes["since 2"] or votes["3"])
        if may_be_older and votes["0"] >= 3 and votes["0"] >= votes["1"]:
            return "0"
        if may_be_older and votes["1"]:
            return "1"
        of_tensorflow = self.in_tensorflow and votes["tf2"]
        if votes["3"] or not (votes["1"] or votes["2"] or votes["2.2"] or of_tensorflow):
            return "3"
        if self.in_tensorflow:
            return "tf2"
        if votes["late"]:
            return "3"
        return "2.2" if votes["2.2"] and not votes["2.3"] else "2"

    # --- imports and names

    def _note_import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = getattr(node, "module", None)
        if module == "__future__":
            self.asked_of_python_2 += [a.name for a in node.names if a.name in ASKED_OF_PYTHON_2]
            return
        for alias in node.names:
            path = alias.name if module is None else f"{module}.{alias.name}"
            if alias.name == "*":
                self.starred.append(self._ours(str(module)))
            if alias.asname is not None or module is not None:
                self.paths[alias.asname or alias.name] = self._ours(path)
            else:
                root = path.partition(".")[0]
                self.paths[root] = root
            self._read_path(self._ours(path))
        if module is not None:
            self._read_path(self._ours(module))

    def _ours(self, path: str) -> str:
        """A path with `keras` in the place of other packages that hold it."""
        ours, package = in_keras(path), path.partition(".")[0]
        if package in _WHOLE_RELEASES:
            self.vote(_WHOLE_RELEASES[package], package)
        self.in_tensorflow = self.in_tensorflow or (ours != path and package in ("tensorflow", "tf_keras"))
        return ours

    def path_of(self, node: ast.expr) -> str | None:
        """The dotted path that an expression stands for; "" for what the program made, None for what is not known."""
        if isinstance(node, ast.Name):
            return self.paths.get(node.id)
        if isinstance(node, ast.Attribute):
            path = self.path_of(node.value)
            return self._ours(f"{path}.{node.attr}") if path else path
        return None

    def _read_path(self, path: str | None) -> None:
        if not path or path.partition(".")[0] != "keras":
            return
        module, _, name = path.rpartition(".")
        if module == "keras.backend" and not self.in_tensorflow and name in _functions_of_backend():
            self.vote("2", path)  # gone from `keras` today, and kept in `tensorflow.keras`
            return
        era, weight = _era_of_path(path, module, name)
        if era is not None:
            self.vote(era, path, weight)

    def _read_starred(self, name: str) -> None:
        if name not in self.paths and name not in self.assigned:
            for module in self.starred:
                if _eras_of_name(module, name):
                    self._read_path(f"{module}.{name}")

    # --- what is called, and how

    def _read_call(self, node: ast.Call) -> None:
        path = self.path_of(node.func)
        is_method = path is None and isinstance(node.func, ast.Attribute)
        name = node.func.attr if is_method else path.rpartition(".")[2] if path else getattr(node.func, "id", None)
        if name is None or path == "" or (path and not path.startswith("keras")):
            return
        if is_method:
            self._read_method(name)
            if name in _WITH_FILES:
                self._read_file(name, node)
        elif path is None:
            self._read_name(name)
        elif path == "keras.callbacks.ModelCheckpoint":
            self._read_file(name, node)
        rows, orders = _entries(name, is_method)
        for keyword in node.keywords:
            if keyword.arg is not None:
                self._read_keyword(keyword.arg, name, rows)
        order = order_of(orders, node.args)
        era = None if order is None else _last_of(order.eras)
        if name.startswith("Convolution") and len(node.args) > 2 and era != "0":
            self.vote("1", f"{name}(n, rows, columns)", 3)
        elif order is not None and era in ("0", "1"):
            self.vote(era, f"{name}({', '.join(order.order.split()[:2])})", 3)
        if name == "compile":
            self.asks_for_acc = self.asks_for_acc or any(
                isinstance(n, ast.Constant) and n.value == "acc" for k in node.keywords for n in ast.walk(k.value)
            )

    def _read_file(self, name: str, node: ast.Call) -> None:
        """A call that gives a file a name, which wanted no ending in tf.keras."""
        named = [k.value for k in node.keywords if k.arg == "filepath"]
        for given in (node.args or named)[:1]:
            text = self._text_of(given)
            if text and "." not in text.rpartition("/")[2]:
                self.vote("tf2", f"{name}({text!r})")

    def _text_of(self, node: ast.expr) -> str:
        """The text that an expression is, or its end where folders are put before it; empty if that is not known."""
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "join" and node.args:
            return self._text_of(node.args[-1])
        if isinstance(node, ast.Name):
            return self.texts.get(node.id, "")
        text = getattr(node, "value", None)
        return text if isinstance(node, ast.Constant) and isinstance(text, str) else ""

    def _read_name(self, name: str) -> None:
        """A name that came with `import *`, or from a part of the program that is not here."""
        if name in _ONLY_1:
            self.vote("1", name, 3)
        elif name in _ONLY_0:
            self.vote("0", name, 3)
        elif name in _ONLY_2:
            self.vote("2", name, 2)
        elif name in _LATE:
            self.vote("late", name)

    def _read_method(self, name: str) -> None:
        if name in _ONLY_0:
            self.vote("0", name, 3)
        elif name in _ONLY_2:
            shared = any(path.startswith(OTHER_ESTIMATORS) for path in self.paths.values())
            if name != "predict_proba" or not shared:
                self.vote("2", name, 2)

    def _read_keyword(self, keyword: str, name: str, rows: list) -> None:
        row = next((r for r in rows if keyword in arguments._several(r.old)), None)
        if keyword in _SINCE_2:
            self.votes["since 2"] += 1
        if row is not None and (era := _last_of(row.eras)) in ("0", "1"):
            self.vote(era, keyword)
        elif name in _OPTIMIZERS and keyword in _RATES:
            self.vote("2", keyword)
        elif keyword in _ONLY_0:
            self.vote("0", keyword, 3)
        elif keyword in _ONLY_1:
            self.vote("1", keyword)
        elif keyword in _ONLY_2:
            self.vote("2", keyword)
        elif keyword in _LATE:
            self.vote("late", keyword)
        elif not rows and name not in _LATE and keyword not in _COMMON and keyword in _spellings():
            self.vote(_spellings()[keyword], keyword)

    def _read_text(self, value: Any) -> None:
        if value in ("acc", "val_acc"):
            self.reads_acc = True
        elif value == "val_accuracy":
            self.votes["2.3"] += 1
        elif isinstance(value, str) and value.endswith(".keras"):
            self.vote("late", value)
        elif isinstance(value, str) and (value.endswith(".ckpt") or value == "TF_USE_LEGACY_KERAS"):
            self.vote("tf2", value)

    def _read_function(self, node: ast.FunctionDef) -> None:
        if node.name in _ONLY_TF:
            self.vote("tf2", node.name)
        elif node.name == "get_output_shape_for":
            self.vote("1", node.name, 3)
        elif node.name == "get_output" and any(a.arg == "train" for a in node.args.args):
            self.vote("0", "get_output(train)", 3)


def _era_of_path(path: str, module: str, name: str) -> tuple[str | None, int]:
    """The era that a path below `keras` is of, if it is of one, and how much that says."""
    if path in _MODULES_0_1 or module in _MODULES_0_1:
        return "1", 3
    if path.startswith(_TODAY):
        return "3", 2
    if name in _ONLY_1:
        return "1", 3
    if name in _ONLY_0:
        return "0", 3
    if name in _LATE:
        return "late", 1
    eras = _eras_of_module(path) or _eras_of_module(module) or _eras_of_name(module, name)
    return (None, 0) if eras is None or "3" in eras.split() else (_last_of(eras), 2)


def _eras_of_module(path: str) -> str:
    return " ".join(row.eras for row in modules.rows_of(path))


def _eras_of_name(module: str, name: str) -> str | None:
    for home in names.HOMES:
        if home.module == module and name in (entry.partition("=")[0] for entry in home.names.split()):
            return home.eras
    return None


def _last_of(eras: str) -> str:
    """The last of several eras: the one that a spelling of all of them is a sign of."""
    return "2" if "2.x" in eras else "1" if "1.x" in eras else "0"


def _entries(name: str, is_method: bool) -> tuple[list, list]:
    name = f"Model.{name}" if is_method else name.replace("Convolution", "Conv")
    rows = [row for table in arguments.TABLES.values() for row in arguments.entries_for(name, table)]
    return rows, arguments.entries_for(name, arguments.ORDERS)


@functools.cache
def _functions_of_backend() -> frozenset[str]:
    """What `keras.backend` has not any more."""
    return frozenset(" ".join(backend.NAMES.values()).split())


@functools.cache
def _spellings() -> dict[str, str]:
    """Keyword arguments that only 0.x and 1.x had -> the last of the two."""
    rows = [row for table in arguments.TABLES.values() for row in table]
    today = {name for row in rows for name in arguments._several(row.today)}
    found: dict[str, set[str]] = {}
    for row in rows:
        for name in arguments._several(row.old):
            if name not in today:
                found.setdefault(name, set()).update(row.eras.split())
    return {name: _last_of(" ".join(eras)) for name, eras in found.items() if "2.x" not in eras}
