from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_samples import opened

from engagewatch.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "engagewatch.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened(path) as store:
        yield store
