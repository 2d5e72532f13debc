"""What to try when the device has too little memory."""

from __future__ import annotations

from typing import Any

NOTE = (
    "The device has too little memory for this run{size}.\n"
    "  Try a smaller batch_size, keras.mixed_precision.set_global_policy('mixed_bfloat16'), a smaller model,\n"
    "  or gradient_accumulation_steps in the optimizer, which keeps the number of rows per update.\n"
    "  Data that is too large for the device can come batch by batch, from a generator or a keras.utils.PyDataset."
)


def note_memory(error: Exception, run: Any) -> None:
    """Adds a note to the error of a run, if it is about memory."""
    text = str(error)
    if "RESOURCE_EXHAUSTED" in text or "out of memory" in text.lower():
        size = getattr(run.source, "batch_size", None)
        error.add_note(NOTE.format(size="" if size is None else f" with batch_size={size}"))
