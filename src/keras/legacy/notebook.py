"""`%load_ext keras`: what `python -m keras` does for a script, done for the cells that follow."""

from __future__ import annotations

import ast
import os
from typing import Any

from keras.legacy import era
from keras.legacy.packages import answer_missing_packages
from keras.legacy.program import announced_era, with_frames_of_the_program


class Cells:
    """The cells that ran since the extension was loaded: together they are the program whose year is looked for.

    Args:
        shell: IPython's shell.
    """

    def __init__(self, shell: Any):
        self.shell = shell
        self.texts: list[str] = []
        self.found = era.era()

    def before_cell(self, info: Any) -> None:
        """Sets the era that the cells up to this one are of, unless somebody set another one."""
        if os.environ.get("KERAS_ERA") or era.era() != self.found:
            return
        text = self.shell.transform_cell(info.raw_cell)  # magics and commands as calls
        try:
            ast.parse(text)
        except SyntaxError:  # running it will say where
            return
        self.texts.append(text)
        found = announced_era("\n".join(self.texts), "this notebook", known=self.found)
        if found != self.found:
            era.set_era(found)
            self.found = era.era()


def _show(shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None) -> None:
    """Shows an error with the lines of the cells."""
    with_frames_of_the_program(error.with_traceback(trace))
    shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset)


_loaded: dict[int, Cells] = {}


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext keras`: from the next cell on, missing packages are answered and the year is looked for."""
    if id(shell) in _loaded:
        return
    answer_missing_packages()
    _loaded[id(shell)] = Cells(shell)
    shell.events.register("pre_run_cell", _loaded[id(shell)].before_cell)
    shell.set_custom_exc((Exception,), _show)


def unload_ipython_extension(shell: Any) -> None:
    """Called by `%unload_ext keras`: the era stays what it is."""
    cells = _loaded.pop(id(shell), None)
    if cells is not None:
        shell.events.unregister("pre_run_cell", cells.before_cell)
        shell.set_custom_exc((), None)
