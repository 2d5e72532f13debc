"""Settings of an experiment as attributes."""

import difflib
import json


class Config:
    """A dict whose entries are attributes, which can be frozen.

    Args:
        **kwargs: the entries.

    >>> settings = keras.utils.Config(rate=0.1)
    >>> settings.units = 32
    >>> settings["rate"], settings.as_dict()
    (0.1, {'rate': 0.1, 'units': 32})
    """

    __hash__ = None  # entries change

    def __init__(self, **kwargs):
        object.__setattr__(self, "_entries", dict(kwargs))
        object.__setattr__(self, "_frozen", False)

    @property
    def frozen(self) -> bool:
        """Whether entries can neither be set nor removed."""
        return self._frozen

    def freeze(self) -> None:
        """From now on entries can neither be set nor removed."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self) -> None:
        """Undoes `freeze`."""
        object.__setattr__(self, "_frozen", False)

    def as_dict(self) -> dict:
        """The entries as a dict of their own."""
        return dict(self._entries)

    def to_json(self) -> str:
        """The entries as JSON."""
        return json.dumps(self._entries)

    def keys(self):
        """The names."""
        return self._entries.keys()

    def values(self):
        """The values."""
        return self._entries.values()

    def items(self):
        """Pairs of a name and a value."""
        return self._entries.items()

    def get(self, keyname, value=None):
        """An entry, or `value` where there is none of that name."""
        return self._entries.get(keyname, value)

    def pop(self, *args):
        """Removes an entry and returns it; a second argument is returned where there is none."""
        self._check_not_frozen()
        return self._entries.pop(*args)

    def update(self, *args, **kwargs) -> None:
        """Sets several entries, as `dict.update` does."""
        self._check_not_frozen()
        self._entries.update(*args, **kwargs)

    def _check_not_frozen(self) -> None:
        if self._frozen:
            raise ValueError("The Config is frozen, so its entries cannot be changed. Call unfreeze() first.")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._entries[name]
        except KeyError:
            near = difflib.get_close_matches(name, map(str, self._entries), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise AttributeError(f"The Config has no entry {name!r}.{hint}") from None

    def __setattr__(self, name, value):
        self[name] = value

    def __delattr__(self, name):
        if name not in self._entries:
            raise AttributeError(f"The Config has no entry {name!r}.")
        del self[name]

    def __getitem__(self, key):
        return self._entries[key]

    def __setitem__(self, key, value):
        self._check_not_frozen()
        self._entries[key] = value

    def __delitem__(self, key):
        self._check_not_frozen()
        del self._entries[key]

    def __contains__(self, key):
        return key in self._entries

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)

    def __eq__(self, other):
        return self._entries == other._entries if isinstance(other, Config) else NotImplemented

    def __getstate__(self):
        return {"_entries": self._entries, "_frozen": self._frozen}

    def __setstate__(self, state):
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def __repr__(self):
        return f"<Config {self._entries}>"
