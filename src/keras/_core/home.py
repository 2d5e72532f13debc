"""The Keras home folder and the settings file in it."""

import json
import os
import warnings
from pathlib import Path


def keras_home() -> Path:
    """`$KERAS_HOME`, or `~/.keras`; a temporary folder's `.keras` where the home folder cannot be written."""
    named = os.environ.get("KERAS_HOME")
    if named:
        return Path(named).expanduser()
    home = Path(os.path.expanduser("~"))
    return (home if os.access(home, os.W_OK) else Path("/tmp")) / ".keras"


def read_settings() -> dict:
    """The dict in `keras.json` of the home folder; one warning and an empty dict if the file is not usable."""
    path = keras_home() / "keras.json"
    try:
        if not path.is_file():
            return {}
        with open(path, encoding="utf-8") as file:
            text = file.read(65_537)
        if len(text) > 65_536:
            raise ValueError("it is larger than 64 KiB")
        settings = json.loads(text)
        if not isinstance(settings, dict):
            raise ValueError(f"it holds a {type(settings).__name__}, not an object with settings")
        return settings
    except (OSError, ValueError, RecursionError) as error:
        warnings.warn(f"{path} is ignored: {error}.", stacklevel=2)
        return {}
