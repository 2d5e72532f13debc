"""Many small variables in a few arrays: a call costs time per array, several times what small models compute.

A `Pack` keeps the values of a list of variables joined, one array per dtype. Programs take and return the joined
arrays; the variables get values of their own when somebody reads them.
"""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras._jax.variable import JOINED, Variable

# Variables: more of them are mostly those of equal blocks, of which XLA compiles one if their weights are not found at
# different places. Four attention blocks take a third of the time so.
MOST = 64
_ON_HOST = 2  # so often values are taken apart by NumPy, which needs no program, before a program is worth compiling


class Pack:
    """The values of several variables, joined.

    The variables are on loan to it: whoever reads one gets the newest value (`settle`), whoever assigns one makes the
    pack join the values again before their next use (`forget`).

    Args:
        variables: all of them small.
    """

    def __init__(self, variables: Sequence[Variable]):
        self.variables = tuple(variables)
        self.users: weakref.WeakSet = weakref.WeakSet()
        self._layout = Layout(tuple((v._shape, v._dtype) for v in self.variables))
        self._lock = threading.RLock()
        self._joined: list[Any] = []
        self._whole = False  # whether `_joined` holds the values
        self._settled = True  # whether the variables do
        self._times_settled = 0
        self.times_asked = 0  # for values, joined or of a variable, whether they had changed or not
        self._start: tuple[Any, list[Any]] = (None, [])

    def load(self) -> list[Any]:
        """The joined values."""
        self.times_asked += 1
        if self._whole:
            return self._joined
        # somebody may be tracing a function of his own
        with self._lock, jax.ensure_compile_time_eval():
            values, on_loan_elsewhere = [], False
            for v in self.variables:
                lease = v._lease
                values.append(v.host_or_device_value())
                if lease is self:
                    continue
                if lease is not None and not isinstance(lease, Pack):
                    on_loan_elsewhere = True  # to a run, which will go on changing it
                    continue
                if lease is not None:
                    lease.forget(v)
                v._lease = self
            self._joined = self._layout.joined_on_host(values)
            self._whole = not on_loan_elsewhere
            self._settled = True
            return self._joined

    def store(self, joined: list[Any]) -> None:
        """Takes new values."""
        with self._lock:
            self._joined = joined
            if self._whole:
                self._settled = False
                return
            for v, value in zip(self.variables, self._layout.apart_on_host(joined)):
                v.replace(value)

    def joined(self, values: list[Any]) -> list[Any]:
        """The joined form of other values; of the same list only once."""
        if self._start[0] is not values:
            self._start = (values, self._layout.joined_on_host(values))
        return self._start[1]

    def settle(self) -> None:
        """Gives the variables their values."""
        self.times_asked += 1
        if self._settled:
            return
        with self._lock, jax.ensure_compile_time_eval():
            self._settled = True
            self._times_settled += 1
            take_apart = self._layout.apart_on_host if self._times_settled <= _ON_HOST else self._layout.apart_compiled
            for v, value in zip(self.variables, take_apart(self._joined)):
                v._raw = value

    def forget(self, variable: Variable) -> None:
        """One of the variables is being assigned, or goes on loan to someone else."""
        with self._lock:
            self.settle()
            self._whole = False

    def dissolve(self) -> None:
        """Gives the variables back."""
        with self._lock:
            self.settle()
            self._whole = False
            for v in self.variables:
                if v._lease is self:
                    v._lease = None

    def opened(self, joined: list[Any]) -> list[Any]:
        """Joined values taken apart, also while tracing."""
        return self._layout.apart(joined)

    def closed(self, values: Sequence[Any]) -> list[Any]:
        """Values joined, also while tracing."""
        return self._layout.join(values)

    def specs(self) -> list[Any]:
        """Shapes and dtypes of the joined arrays."""
        return self._layout.specs


class Layout:
    """Where each value is in the joined arrays.

    Args:
        values: (shape, dtype) of each.
        lanes: further axes that all of them have at the end, and that stay.
    """

    def __init__(self, values: tuple, lanes: tuple[int, ...] = ()):
        self._values = values
        self._lanes = lanes
        self._dtypes = sorted({dtype for _, dtype in values})
        self._shapes = [shape for shape, _ in values]
        self._places: list[tuple[int, int, int]] = []
        ends = [0] * len(self._dtypes)
        for shape, dtype in values:
            group = self._dtypes.index(dtype)
            size = int(np.prod(shape, dtype=int))
            self._places.append((group, ends[group], ends[group] + size))
            ends[group] += size
        self.specs = [jax.ShapeDtypeStruct((n, *lanes), dtype) for n, dtype in zip(ends, self._dtypes)]

    def join(self, values: Sequence[Any]) -> list[Any]:
        """The values of each dtype in one array."""
        groups: list[list] = [[] for _ in self._dtypes]
        for value, (group, _, _) in zip(values, self._places):
            groups[group].append(jnp.asarray(value, self._dtypes[group]).reshape(-1, *self._lanes))
        return [jnp.concatenate(parts) for parts in groups]

    def apart(self, joined: Sequence[Any]) -> list[Any]:
        """The values of their own shapes."""
        return [joined[g][a:b].reshape((*shape, *self._lanes)) for (g, a, b), shape in zip(self._places, self._shapes)]

    def joined_on_host(self, values: Sequence[Any]) -> list[Any]:
        """The same as `join`, by NumPy."""
        found = [np.empty(spec.shape, spec.dtype) for spec in self.specs]
        for value, (g, a, b) in zip(values, self._places):
            found[g][a:b] = np.asarray(value).reshape(-1, *self._lanes)
        return jax.device_put(found)

    def apart_on_host(self, joined: Sequence[Any]) -> list[Any]:
        """The same as `apart`, by NumPy."""
        return [np.array(part) for part in self.apart([np.asarray(one) for one in joined])]

    def apart_compiled(self, joined: Sequence[Any]) -> list[Any]:
        """The same as `apart`, compiled once for all packs of these shapes."""
        return _taking_apart(self._values)(joined)


@functools.lru_cache(256)
def _taking_apart(values: tuple) -> Callable:
    return jax.jit(Layout(values).apart)


def pack_for(variables: Sequence[Variable], user: Any) -> Pack | None:
    """The pack of exactly these variables, a new one if there is none; None where they are better left alone.

    Args:
        variables: what to join.
        user: who will use the pack; when all of its users are gone, others may pack its variables in another way.
    """
    if not 2 <= len(variables) <= MOST or sum(v.size for v in variables) > JOINED or any(v.on_host for v in variables):
        return None
    lease = variables[0]._lease
    if isinstance(lease, Pack) and [id(v) for v in lease.variables] == [id(v) for v in variables]:
        lease.users.add(user)
        return lease
    for v in variables:
        lease = v._lease
        if isinstance(lease, Pack) and not lease.users:
            lease.dissolve()
        elif lease is not None:
            return None
    made = Pack(variables)
    made.users.add(user)
    return made
