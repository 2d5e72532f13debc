"""What every program here needs: the way to the questions, descriptions of objects, the writing of answers."""

import pathlib
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))

import jax
from draw import Draw

import keras
from golden import ask, builders, store

__all__ = ["Draw", "Table", "ask", "builders", "draw_for", "function", "new", "public"]


def new(path, **arguments):
    """Describes `keras.PATH(**arguments)`."""
    return {"$new": [path, arguments]}


def public(path):
    """Describes the thing `keras.PATH` itself."""
    return {"$name": path}


def function(name):
    """Describes a function of `golden.builders`."""
    return {"$function": name}


def draw_for(name):
    """Numbers that belong to a name and do not change when other questions come or go."""
    return Draw(zlib.crc32(name.encode()) % 2**31)


class Table:
    """Questions with different names, which are answered and written at the end.

    Args:
        name: what the files are called.
    """

    def __init__(self, name):
        self.name = name
        self.cases = {}

    def add(self, name, **question):
        name = name.replace(" ", "").replace("'", "")
        assert name not in self.cases, name
        self.cases[name] = {"name": name, **question}

    def write(self, folder, answer):
        """Asks every question; one that the release cannot answer is reported and left out.

        With `--new` on the command line, questions that are stored keep the answers that they have.
        """
        stored = {case["name"]: case for case in store.read(self.name)} if "--new" in sys.argv else {}
        made_by = {"keras": keras.__version__, "backend": keras.backend.backend(), "jax": jax.__version__}
        writer = store.Writer(self.name, made_by, folder)
        for name, case in self.cases.items():
            if name in stored:
                writer.add(stored[name])
                continue
            try:
                answers = answer(case)
            except Exception as error:
                print(f"left out: {name}: {type(error).__name__}: {str(error)[:300]}")
                continue
            writer.add({**case, "answers": answers})
        writer.save()
