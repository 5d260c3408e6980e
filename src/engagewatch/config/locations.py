"""Where configuration and data live: flags first, then the environment, then the usual places."""

from __future__ import annotations

import os
from pathlib import Path

CONFIG_VARIABLE = "ENGAGEWATCH_CONFIG"
DATA_VARIABLE = "ENGAGEWATCH_DATA"
_APPLICATION = "engagewatch"


def config_dir(given: str | Path | None = None) -> Path:
    """Return the configuration directory; engagement files are in its ``engagements`` folder."""
    chosen = given or os.environ.get(CONFIG_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    # Imported here: a start with an explicit directory does without it.
    from platformdirs import user_config_path

    return user_config_path(_APPLICATION, appauthor=False)


def data_dir(given: str | Path | None = None) -> Path:
    """Return the directory of the store. It may not exist yet."""
    chosen = given or os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path(_APPLICATION, appauthor=False)


def store_path(data: Path) -> Path:
    """Return the store's file within a data directory."""
    return data / "engagewatch.db"
