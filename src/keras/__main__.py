"""`python -m keras SCRIPT`: runs a program written for Keras, of whatever year and package."""

import argparse
import importlib
import importlib.util
import io
import os
import runpy
import sys
import traceback
from collections.abc import Callable

from keras.legacy import era, modernize, modernize_remarks, python_2
from keras.legacy.packages import answer_in_other_processes, answer_missing_packages
from keras.legacy.program import announced_era, source_of, with_frames_of_the_program

COMMANDS = {name: f"keras._commands.{name}" for name in ("bench", "classify", "convert", "info")}


def main(arguments: list[str]) -> None:
    """Does what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m keras",
        usage="python -m keras SCRIPT [arguments of the script]\n       python -m keras -m MODULE [arguments]\n"
        "       python -m keras -c CODE [arguments]\n       python -m keras --modernize SCRIPT\n"
        "       python -m keras info | classify | convert | bench [--help]",
        description="Runs a program written for Keras, with the defaults of the year it was written for, which its "
        "names tell. Where TensorFlow or Theano are not installed, its imports of tensorflow.keras, and imports of "
        "Theano that it does not use, are answered.",
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("-m", dest="kind", action="store_const", const="module", help="run a module, as python -m does")
    kind.add_argument("-c", dest="kind", action="store_const", const="code", help="run a line of code")
    kind.add_argument(
        "--modernize", dest="kind", action="store_const", const="modernize", help="print SCRIPT in today's spelling"
    )
    parser.add_argument(
        "script",
        metavar="SCRIPT",
        help="a Python file; or a command: `info` tells versions, devices, or what files "
        "hold, `classify` what photographs show, `convert` writes a model's file in another form, `bench` measures",
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script finds in sys.argv")
    chosen = parser.parse_args(arguments)
    if chosen.kind is None and chosen.script in COMMANDS and not os.path.exists(chosen.script):
        _in_pipes(lambda: sys.exit(importlib.import_module(COMMANDS[chosen.script]).main(chosen.arguments)))
    elif chosen.kind == "code":
        run_code(chosen.script, chosen.arguments)
    elif chosen.kind == "module":
        run_module(chosen.script, chosen.arguments)
    elif chosen.kind is None and chosen.script == "-":
        run_code(sys.stdin.read(), chosen.arguments, "-")
    elif not os.path.isfile(_file_of(chosen.script)):
        parser.error(f"there is no file {chosen.script!r}")
    elif chosen.kind == "modernize":
        try:
            text = modernize.modernized(source_of(chosen.script))
        except SyntaxError as error:
            sys.exit(f"python -m keras: {chosen.script}, line {error.lineno}: {error.msg}")
        print(text, end="")
        for line in modernize_remarks.remarks(text):
            print(f"keras: {line}", file=sys.stderr)
    else:
        run(chosen.script, chosen.arguments)


def _in_pipes(command: Callable[[], None]) -> None:
    """Runs a command whose output may be read by a program that ends early, as `head` does, or find no room."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # names of files and layers may have signs that it cannot write
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the flush at the end does not fail too
        if isinstance(error, BrokenPipeError):
            sys.exit(141)  # as if ended by SIGPIPE
        sys.exit(f"python -m keras: {error}")


def run(script: str, arguments: list[str]) -> None:
    """Runs a script as `python SCRIPT` would, with the missing packages answered and its year's defaults."""
    source = source_of(_file_of(script))
    of_python_2 = python_2.needed(source)
    _prepare(python_2.with_calls_of_print(source) if of_python_2 else source, script)
    sys.argv = [script, *arguments]
    sys.path[0] = os.path.abspath(script if os.path.isdir(script) else os.path.dirname(script))
    if of_python_2:
        python_2.run(source, _file_of(script))
        return
    runpy.run_path(script, run_name="__main__")


def _file_of(script: str) -> str:
    """The file that is run for a script, which may be a folder."""
    return os.path.join(script, "__main__.py") if os.path.isdir(script) else script


def run_module(module: str, arguments: list[str]) -> None:
    """Runs a module as `python -m MODULE` would."""
    sys.path[0] = os.getcwd()
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:  # of the package that it is in
        found = None
    if found is None:
        sys.exit(f"python -m keras: there is no module {module!r}")
    if found.submodule_search_locations is not None:
        found = importlib.util.find_spec(module + ".__main__")
    if found is not None and found.origin is not None and os.path.isfile(found.origin):
        _prepare(source_of(found.origin), module)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def run_code(code: str, arguments: list[str], called: str = "-c") -> None:
    """Runs a line of code as `python -c CODE` would, or what came through a pipe as `python -`."""
    _prepare(code, "the code")
    sys.argv = [called, *arguments]
    sys.path[0] = ""
    exec(
        compile(code, "<string>" if called == "-c" else "<stdin>", "exec"),
        {"__name__": "__main__", "__builtins__": __builtins__},
    )


def _prepare(source: str, name: str) -> None:
    """Answers missing packages, sets the era that the source is written in, and keeps our frames out of tracebacks."""
    answer_missing_packages()
    answer_in_other_processes()
    sys.excepthook = _print_error
    if os.environ.get("KERAS_ERA"):
        return
    found = announced_era(source, name)
    era.set_era(found)
    os.environ["KERAS_ERA"] = found  # for the processes that the program starts


def _print_error(kind: type, error: BaseException, trace) -> None:
    """Prints an error with the program's own lines."""
    traceback.print_exception(with_frames_of_the_program(error.with_traceback(trace)))


if __name__ == "__main__":
    main(sys.argv[1:])
