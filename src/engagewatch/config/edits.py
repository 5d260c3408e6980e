"""Taking in edited engagement files while the program runs, without losing what worked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engagewatch.config.loader import Loaded, engagement_files, load_all
from engagewatch.config.problems import Problem
from engagewatch.model.engagement import Engagement


class Edits:
    """Tells when the engagement files of a directory are not what they were."""

    def __init__(self, config_dir: Path) -> None:
        """Note how the files are. Make it before they are read, so that no edit is missed."""
        self._config_dir = config_dir
        self._seen = self._stamps()

    def taken_in(self, current: Sequence[Engagement], only: str | None = None) -> Loaded | None:
        """Return the engagements as their files are by now; ``None`` if no file was touched.

        ``current`` are those in use. Of a file with a mistake the one in use stays, and the mistake
        is among the problems. With ``only``, the engagement of that id is all there is.
        """
        stamps = self._stamps()
        if stamps == self._seen:
            return None
        self._seen = stamps
        loaded = load_all(self._config_dir)
        mistaken = {problem.path for problem in loaded.problems}
        found = {engagement.id: engagement for engagement in loaded.engagements}
        kept = {engagement.id: engagement for engagement in current if engagement.path in mistaken}
        engagements = tuple(
            engagement
            for path in engagement_files(self._config_dir)
            if (engagement := found.get(path.stem) or kept.get(path.stem)) is not None
            and only in (None, engagement.id)
        )
        problems = loaded.problems
        if not engagements:
            # Nothing at all to show is more likely a slip than a wish.
            missing = Problem(
                self._config_dir / "engagements", 0, 0, "", "no engagement file is left in it"
            )
            return Loaded(tuple(current), (missing, *problems))
        return Loaded(engagements, problems)

    def _stamps(self) -> dict[Path, tuple[int, ...]]:
        stamps: dict[Path, tuple[int, ...]] = {}
        for path in engagement_files(self._config_dir):
            # A file may go at any time, and a link lead nowhere.
            with suppress(OSError):
                status = path.stat()
                stamps[path] = (
                    status.st_mtime_ns,
                    status.st_ctime_ns,
                    status.st_size,
                    status.st_ino,
                )
        return stamps
