"""Keep a process's memory, and so its keys, out of core files and other processes' debuggers."""

import ctypes
import os
import resource
import sys

PR_SET_DUMPABLE = 4


def harden() -> None:
    """Forbid core files and, on Linux, attaching to this process; call it at the start of web and worker.

    A child made by fork inherits both. A program started by exec inherits the first only.
    Raises: OSError when the kernel refuses.
    Source: security.md 1.4, "Keys".
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"PR_SET_DUMPABLE was refused: {os.strerror(code)}")
