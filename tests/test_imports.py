"""Who may import whom: the table of docs/design.md, compared with the imports of every file."""

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "keras"

# Folders or files -> what their files may import of this package, and which other packages, beside the standard library
# and NumPy. `_jax.pure` stands for that file alone. docs/design.md shows the same table.
TABLE = {
    "_core": "",
    "config tree": "_core",
    "_jax": "_core config jax",
    "ops random": "_jax",
    "distribution": "_core _jax",
    "activations initializers regularizers constraints": "ops random _core config",
    "dtype_policies": "_core config",
    "layers": "activations initializers regularizers constraints ops random _core config "
    "_jax.host _jax.kernels _jax.op _jax.operation _jax.pure _jax.pytree _jax.random _jax.remat "
    "_jax.variable",
    "losses optimizers": "ops _core config activations initializers _jax.number _jax.placement _jax.pure "
    "_jax.pytree _jax.stateless _jax.variable",
    "metrics": "losses ops _core config activations initializers _jax.pure _jax.stateless _jax.variable",
    "mixed_precision": "optimizers _core config",
    "quantizers": "layers initializers ops _core",
    "_data": "_core config",
    "saving": "_core config",
    "callbacks": "_core config ops saving _jax.profiler",
    "_training": "_core config _jax _data distribution losses metrics optimizers callbacks",
    "models": "layers quantizers _data _training callbacks saving ops _core config _jax.cost _jax.op _jax.operation "
    "_jax.pure _jax.stateless",
    "distillation": "models metrics losses ops _core",
    "export": "models saving _jax _core",
    "utils": "ANYTHING ABOVE",
    "backend": "ANYTHING ABOVE",
    "visualization": "utils ops _core config",
    "datasets applications preprocessing wrappers": "ANYTHING PUBLIC ABOVE",
    "_commands": "ANYTHING ABOVE",
}

# What may be imported at the top of a folder's files beside its row: the optional package that it is made for, one that
# is tried, and what says how arguments are called and which is near to a wrong one.
MADE_FOR = {
    "wrappers": {"sklearn", "_core.names", "_core.signature"},
    "saving": {"zlib_ng"},
    "_jax": {"jaxlib"},
}

# What a package loads at its end so that it finds its objects: code about them of which they know nothing. And where
# layers that are public in no module are made known to files that hold them.
ATTACHED = {
    ("layers/__init__.py", "keras.quantizers._layers"),
    ("applications/_scales.py", "keras._core.registry"),
}

# These see everything: they put the package together.
WHOLE = ("__init__", "__main__", "legacy")

# Imports that stand inside a function, each at the one place named here: optional packages, and what is slow to import
# and rarely needed.
INSIDE_FUNCTIONS = {
    ("saving/_hdf5.py", "h5py"),
    ("saving/_moment.py", "keras"),  # jax, which is loaded where a model is, and looking into files needs none
    ("layers/_torch_module_wrapper.py", "torch"),
    ("_core/draws.py", "ml_dtypes"),  # comes with jax
    ("initializers/_stft.py", "scipy"),  # comes with jax
    ("saving/_orbax.py", "tensorstore"),
    ("saving/_yaml.py", "yaml"),
    ("legacy/foreign_nn.py", "PIL"),
    ("callbacks/_history.py", "matplotlib"),
    ("callbacks/_history.py", "pandas"),
    ("callbacks/_optuna_pruning.py", "optuna"),
    ("callbacks/_orbax_checkpoint.py", "orbax"),
    ("utils/_drawing.py", "IPython"),
    ("utils/_canvas.py", "PIL"),
    ("utils/_images.py", "PIL"),
    ("utils/_learning_rate.py", "matplotlib"),
    ("visualization/_packages.py", "PIL"),
    ("visualization/_packages.py", "matplotlib"),
    ("utils/_sound.py", "scipy"),  # comes with jax
    ("datasets/_embedded.py", "sklearn"),
    ("export/_onnx_elsewhere.py", "jax2onnx"),
    ("export/_onnx_graph.py", "onnx"),
    ("models/_exporting.py", "keras"),  # `Model.export` asks keras.export, which stands above and is rarely needed
}


def allowed():
    """Folder -> names it may import."""
    rows, above = {}, []
    for folders, names in TABLE.items():
        own = folders.split()
        if names == "ANYTHING ABOVE":
            may = above
        elif names == "ANYTHING PUBLIC ABOVE":
            may = [name for name in above if not name.startswith("_")]
        else:
            may = names.split()
        rows |= {folder: {folder, *may} | MADE_FOR.get(folder, set()) for folder in own}
        above = [*above, *own]
    return rows


ALLOWED = allowed()


@functools.cache
def imports_of(path):
    """(module, line, whether inside a function) of every import in a file; `from a import b` comes as a.b."""
    return list(find_imports(path))


def find_imports(path):
    for node, inside in statements(ast.parse((SOURCE / path).read_text(encoding="utf-8")), False):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import; write the whole path"
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            yield module, node.lineno, inside


def statements(node, inside):
    """(statement, whether inside a function) for all below a node, without looking into expressions."""
    inside = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for below in getattr(node, name, ()):
            yield below, inside
            yield from statements(below, inside)


def forbidden(folder, module):
    """Whether a file of that folder must not import that module."""
    package, *rest = module.split(".")
    if package == "keras":
        return not rest or not ({rest[0], ".".join(rest[:2])} & ALLOWED[folder])
    return package not in {"numpy", *sys.stdlib_module_names, *ALLOWED[folder]}


FILES = sorted(str(p.relative_to(SOURCE)) for p in SOURCE.rglob("*.py"))


def test_files_import_what_their_rows_of_the_table_name():
    wrong = []
    for path in FILES:
        folder = Path(path).parts[0].removesuffix(".py")
        assert folder in ALLOWED or folder in WHOLE, f"{folder} is in no row of the table"
        if folder not in WHOLE:
            wrong += [
                f"{SOURCE / path}:{line} imports {module}"
                for module, line, inside in imports_of(path)
                if not (inside and (path, module.split(".")[0]) in INSIDE_FUNCTIONS)
                and (path, module) not in ATTACHED
                and forbidden(folder, module)
            ]
    assert not wrong


def test_no_import_hides_inside_a_function():
    wrong = [
        f"{SOURCE / path}:{line} imports {module}"
        for path in FILES
        for module, line, inside in imports_of(path)
        if inside and (path, module.split(".")[0]) not in INSIDE_FUNCTIONS
    ]
    assert not wrong


def test_every_import_inside_a_function_that_the_list_names_is_there():
    found = {(p, module.split(".")[0]) for p in FILES for module, _, inside in imports_of(p) if inside}
    assert found >= INSIDE_FUNCTIONS


def test_only_the_start_of_the_package_imports_what_is_older():
    users = {
        p for p in FILES if not p.startswith("legacy") for m, _, _ in imports_of(p) if m.startswith("keras.legacy")
    }
    assert users <= {"__init__.py", "__main__.py"}


def test_the_rows_point_upwards_only():
    above = {"jax"}
    for folders, names in TABLE.items():
        if not names.startswith("ANYTHING"):
            below = {name.split(".")[0] for name in names.split()} - above
            assert not below, f"{folders} must not import {below}"
        above |= set(folders.split())


def test_the_design_shows_the_same_table():
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    shown = {}
    for folders, names in re.findall(r"^\| (`.*?`) \| (.*?) \|$", text, re.MULTILINE):
        words = re.findall(r"`([\w.]+)`", names)
        if not words and names != "nothing":
            words = [names.upper()]
        shown[" ".join(re.findall(r"`(\w+)`", folders))] = set(words)
    assert shown == {
        folders: {names} if names.startswith("ANYTHING") else set(names.split()) for folders, names in TABLE.items()
    }


@pytest.mark.parametrize("first", ["optimizers.SGD(0.1)", "losses.MeanSquaredError()"])
def test_a_program_may_name_these_before_any_layer(first):
    code = f"import keras; keras.{first}"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_configs_of_other_years_are_read_before_anything_else_is_loaded():
    # as `python -m keras info` does
    code = "import sys, keras.legacy.configs; sys.exit('keras.optimizers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
