"""Names: unique within a process, snake case from class names, and the nearest known one for an error message."""

import collections
import contextlib
import difflib
import functools
import re
import threading

_LONGEST_COMPARED = 1000  # letters of a name; what looks for the nearest takes 40 bytes of memory for each
_counts: collections.Counter[str] = collections.Counter()
_lock = threading.Lock()


class _Path(threading.local):
    parts: tuple[str, ...] = ()


_path = _Path()


@functools.cache
def snake_case(name: str) -> str:
    """The snake-case form of a class name: 'Conv2DTranspose' -> 'conv2d_transpose'."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return name.lower()


def unique_name(prefix: str) -> str:
    """`prefix` the first time it is asked for, then `prefix_1`, `prefix_2`, ..."""
    with _lock:
        count = _counts[prefix]
        _counts[prefix] += 1
    return f"{prefix}_{count}" if count else prefix


class Naming:
    """How names are made up."""

    def prefix(self, instance: object) -> str:
        """What a name made from the class of `instance` begins with."""
        return snake_case(type(instance).__name__)

    def first_input(self, layer: object) -> str | None:
        """The name of the input that a `Sequential` makes for its first layer; None makes one as for any other."""
        return None


class _Followed:
    naming = Naming()


def unique_name_for(instance: object) -> str:
    """A unique name made from the class of `instance`."""
    return unique_name(_Followed.naming.prefix(instance))


def first_input_name(layer: object) -> str | None:
    """See `Naming.first_input`."""
    return _Followed.naming.first_input(layer)


def follow(naming: Naming) -> None:
    """Makes names in another way from now on."""
    _Followed.naming = naming


def forget_names() -> None:
    """Starts all counts again, as `keras.utils.clear_session` promises."""
    with _lock:
        _counts.clear()


@contextlib.contextmanager
def name_scope(name: str):
    """Puts `name` in front of the paths of variables made inside; an empty name changes nothing."""
    before = _path.parts
    _path.parts = (*before, name) if name else before
    try:
        yield
    finally:
        _path.parts = before


def current_path() -> str:
    """The path of the name scopes that are open in this thread, joined by slashes."""
    return "/".join(_path.parts)


def printable(name: object) -> str:
    """A name that may come from a stranger's file, with what steers a terminal or breaks a line told by its number."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(name))


def nearest(name: str, known) -> str:
    """`" Did you mean 'x'?"` for the known name nearest to `name`, or an empty string."""
    if len(str(name)) > _LONGEST_COMPARED:
        return ""
    known = [k for k in known if isinstance(k, str)]
    lowered = {k.lower(): k for k in known}
    found = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)
    return f" Did you mean {lowered[found[0]]!r}?" if found else ""
