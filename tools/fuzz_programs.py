"""Reads programs as `reader_process` does, without starting Python each time: a process that is ready makes a copy of
itself for each program, and the copy may die of it.
"""

from __future__ import annotations

import struct
import subprocess

from keras._jax import reader_process

_PREPARES, _, _READS = reader_process._READS.partition("with context:\n")
_SERVES = """
import io, os, resource, struct
while True:
    size = sys.stdin.buffer.read(8)
    if len(size) < 8:
        sys.exit()
    data = sys.stdin.buffer.read(struct.unpack("<Q", size)[0])
    copy = os.fork()
    if not copy:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        try:
            sys.stdin = io.TextIOWrapper(io.BytesIO(data))
            with context:
                READS
            os._exit(0)
        except BaseException:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    sys.stdout.buffer.write(struct.pack("<i", code))
    sys.stdout.buffer.flush()
"""


def keep_reader() -> None:
    """From now on programs of this process are read by copies of one that is ready."""
    if hasattr(reader_process.check, "reader"):
        return
    command = reader_process.command()
    command[command.index(reader_process._READS)] = _PREPARES + _SERVES.replace("READS", _READS.strip()).replace(
        "SECONDS", str(reader_process._SECONDS)
    )
    reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def check(data: bytes) -> None:
        reader.stdin.write(struct.pack("<Q", len(data)) + data)
        reader.stdin.flush()
        (code,) = struct.unpack("<i", reader.stdout.read(4))
        if code < 0:
            raise ValueError(f"the process that read the program to try it died of signal {-code}")
        if code:
            raise ValueError("jaxlib cannot read the program")

    check.reader = reader
    reader_process.check = check
