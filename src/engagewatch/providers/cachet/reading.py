"""What a page of Cachet tells into components, incidents and planned work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from engagewatch.model.instants import Instant
from engagewatch.model.service import (
    Component,
    ComponentChange,
    ComponentState,
    Incident,
    IncidentUpdate,
    Maintenance,
)
from engagewatch.model.text import safe_text
from engagewatch.providers.cachet.wire import (
    WireComponent,
    WireIncident,
    WireSchedule,
    WireUpdate,
)
from engagewatch.providers.status_page import PLANNED_AHEAD
from engagewatch.providers.wire import (
    identifier,
    key_of,
    latest_credible,
    local_instant,
    web_address,
    word,
)

STATES: Mapping[str, ComponentState] = {
    "0": ComponentState.UNKNOWN,
    "1": ComponentState.UP,
    "2": ComponentState.DEGRADED,
    "3": ComponentState.PARTIAL,
    "4": ComponentState.DOWN,
    "5": ComponentState.UNKNOWN,
    "6": ComponentState.MAINTENANCE,
}
_SCHEDULED, FIXED = 0, 4
_STATUS_WORDS = {1: "investigating", 2: "identified", 3: "watching", FIXED: "fixed"}
_WORK_WORDS = {0: "scheduled", 1: "in progress", 2: "completed"}
_COMPLETED = 2


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the records of one page; its times are those of ``local``."""

    local: tzinfo
    now: Instant

    def component(
        self, wire: WireComponent, state: ComponentState, headings: Mapping[str, str], place: int
    ) -> Component:
        """Return a component under the heading of its group.

        Raises:
            ValueError: it has no usable id.
        """
        key = key_of(wire.id)
        return Component(
            id=key,
            name=word(wire.name) or key,
            state=state,
            group=headings.get(identifier(wire.group_id) or "", ""),
            position=place,
            updated_at=self._at(wire.updated_at),
        )

    def incident(self, wire: WireIncident, posts: Sequence[WireUpdate]) -> Incident:
        """Return an incident with its posts.

        No field says when it was over: that is when the post that says so came. Where there is no
        such post, it is when the incident was last touched.

        Raises:
            ValueError: it has no usable id or time, or it is planned work.
        """
        key = key_of(wire.id)
        status = status_of(wire)
        if status == _SCHEDULED:
            raise ValueError("it is planned work without an end, as old versions kept it")
        posted_at = self._at(wire.created_at) or self._at(wire.occurred_at)
        if posted_at is None:
            raise ValueError("it has no usable time")
        started_at = min(self._at(wire.occurred_at) or posted_at, posted_at)
        updates = sorted(self._updates(posts), key=lambda update: update.at)
        resolved_at = None
        if status == FIXED:
            said = [update.at for update in updates if update.status == _STATUS_WORDS[FIXED]]
            resolved_at = said[-1] if said else self._at(wire.updated_at) or posted_at
            resolved_at = max(resolved_at, started_at)
        component = identifier(wire.component_id)
        component = None if component == "0" else component
        changes: tuple[ComponentChange, ...] = ()
        if component is not None and wire.component_status is not None:
            state = STATES.get(str(wire.component_status), ComponentState.UNKNOWN)
            changes = (ComponentChange(component, started_at, state),)
        return Incident(
            id=key,
            name=word(wire.name),
            status=_STATUS_WORDS.get(status, str(status)),
            impact="",
            started_at=started_at,
            posted_at=posted_at,
            resolved_at=resolved_at,
            component_ids=(component,) if component is not None else (),
            updates=(
                IncidentUpdate("0", posted_at, "", safe_text(wire.message or "")),
                *updates,
            ),
            changes=changes,
            url=web_address(wire.permalink),
        )

    def maintenance(self, wire: WireSchedule) -> Maintenance:
        """Return planned work; its end is not told ahead, only once it is completed.

        Raises:
            ValueError: it has no usable id or begin.
        """
        key = key_of(wire.id)
        from_at = local_instant(wire.scheduled_at, self.local, self.now + PLANNED_AHEAD)
        if from_at is None:
            raise ValueError("its begin cannot be used")
        completed_at = local_instant(wire.completed_at, self.local, self.now + PLANNED_AHEAD)
        under_way = wire.status != _COMPLETED and from_at <= self.now
        until_at = completed_at or (self.now if under_way else from_at)
        named = (identifier(one.component_id or one.id) for one in wire.components or ())
        return Maintenance(
            id=key,
            name=word(wire.name),
            status=_WORK_WORDS.get(wire.status or 0, str(wire.status)),
            announced_at=self._at(wire.created_at) or from_at,
            from_at=from_at,
            until_at=max(until_at, from_at),
            component_ids=tuple(name for name in named if name is not None),
        )

    def _updates(self, posts: Iterable[WireUpdate]) -> Iterable[IncidentUpdate]:
        for post in posts:
            key, at = identifier(post.id), self._at(post.created_at)
            if key is not None and at is not None:
                word = _STATUS_WORDS.get(post.status or 0, str(post.status or ""))
                yield IncidentUpdate(key, at, word, safe_text(post.message or ""))

    def _at(self, text: str | None) -> Instant | None:
        return local_instant(text, self.local, latest_credible(self.now))


def status_of(wire: WireIncident) -> int:
    """Return the status by the latest post, where the incident tells it."""
    latest = wire.latest_status if wire.latest_status is not None else wire.status
    return latest if latest is not None else 1
