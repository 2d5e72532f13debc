"""Whether another distribution in this environment owns the import name `keras` as well."""

import os
import sys
from pathlib import Path

# distributions that install a package called `keras`
RIVALS = ("keras", "keras_nightly")

_TWO_OWNERS = (
    "`import keras` means two things here: Kerata, imported from {ours}, and {rivals}.\n"
    "  Programs would get parts of both. Keep one of them:\n"
    "    pip uninstall {names}"
)
_SHARED_FOLDER = (
    "\n  The two share that folder, so also put Kerata's files back: pip install --force-reinstall --no-deps kerata"
)


def refuse_other_owners() -> None:
    """Looks through `sys.path` for installed distributions that also provide `keras`.

    Raises:
        ImportError: there is one; the message says which to uninstall.
    """
    found = [rival for entry in dict.fromkeys(sys.path) for rival in _rivals_in(entry)]
    if not found:
        return
    package = Path(__file__).parent.parent
    names = [name for name, _, _ in found]
    message = _TWO_OWNERS.format(
        ours=package,
        rivals=" and ".join(f"{name} {version} in {entry}" for name, version, entry in found),
        names=" ".join(dict.fromkeys(names)),
    )
    if any(Path(entry) == package.parent for _, _, entry in found):
        message += _SHARED_FOLDER
    raise ImportError(message)


def _rivals_in(entry: str) -> list[tuple[str, str, str]]:
    # asking importlib.metadata for all distributions reads hundreds of files; their folders' names say enough
    installed = entry.endswith(("site-packages", "dist-packages"))
    if not installed and not os.path.isfile(os.path.join(entry, "keras", "__init__.py")):
        return []
    try:
        names = os.listdir(entry)
    except OSError:
        return []
    found = []
    for name in names:
        if name.endswith((".dist-info", ".egg-info")) and name[:5].lower() == "keras":
            distribution, _, rest = name.lower().rpartition(".")[0].partition("-")
            if distribution in RIVALS:
                found.append((distribution.replace("_", "-"), rest.partition("-")[0], entry))
    return found
