"""Two spellings of one name: 2.3 and later write `accuracy` in full, earlier releases `acc`."""


def other_spelling(name):
    """The name of the same value in other years, None if there is none."""
    if not isinstance(name, str):
        return None
    first, underscore, last = name.rpartition("_")
    if last in _SPELLINGS:
        return f"{first}{underscore}{_SPELLINGS[last]}"
    return None


_SPELLINGS = {"acc": "accuracy", "accuracy": "acc"}


class Record(dict):
    """Values by name; a name that is not there is looked up in its other spelling. Neither is listed twice.

    >>> record = Record(val_accuracy=[0.5])
    >>> record["val_acc"], "val_acc" in record, list(record)
    ([0.5], True, ['val_accuracy'])
    """

    def __missing__(self, name):
        other = other_spelling(name)
        if other is not None and dict.__contains__(self, other):
            return self[other]
        raise KeyError(name)

    def __contains__(self, name):
        return dict.__contains__(self, name) or dict.__contains__(self, other_spelling(name))

    def get(self, name, default=None):
        """The value, or `default` if it is under neither spelling."""
        try:
            return self[name]
        except KeyError:
            return default
