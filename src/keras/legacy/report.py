"""What a program used that is spelled differently today."""

from __future__ import annotations

from typing import NamedTuple


class Used(NamedTuple):
    """One older spelling that was used: where, how it was spelled, and how it is spelled today."""

    where: str
    old: str
    today: str


_used: dict[Used, None] = {}


def note(where: str, old: str, today: str) -> None:
    """Remembers that an older spelling was used."""
    _used[Used(where, old, today)] = None


def legacy_report() -> list[Used]:
    """The older spellings that this process has used so far, each once: `(where, old, today)`.

    >>> layer = keras.layers.Dense(output_dim=4)
    >>> keras.config.legacy_report()[-1]
    Used(where='Dense', old='output_dim', today='units')
    """
    return list(_used)


def forget() -> None:
    """Starts the report anew."""
    _used.clear()
