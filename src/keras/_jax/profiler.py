"""What a program spends its time on, written for TensorBoard's profile tab."""

import jax


def start(folder: str) -> None:
    """Begins to write a profile below a folder."""
    jax.profiler.start_trace(folder)


def stop() -> None:
    """Ends the profile."""
    jax.profiler.stop_trace()
