"""Whether what runs in this thread is being written down, and by whom."""

import threading
from typing import Any


class _Recording(threading.local):
    tape: Any = None  # the innermost open `keras.GradientTape`
    in_call = False  # whether a call that a tape has noted as a whole is running


recording = _Recording()
