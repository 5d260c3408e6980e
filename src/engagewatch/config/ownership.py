"""Who could have written a file."""

from __future__ import annotations

import os
import stat


def is_writable_by_others(status: os.stat_result) -> bool:
    """Return whether a user other than the present one (or root) owns a file or may write to it."""
    if not hasattr(os, "getuid"):
        return False
    owned = status.st_uid in (os.getuid(), 0)
    return not owned or bool(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
