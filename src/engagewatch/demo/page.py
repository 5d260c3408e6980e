"""What a simulated status page knows: components, incidents and planned work, over all time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engagewatch.model.instants import Instant

OPERATIONAL = "operational"
DEGRADED = "degraded_performance"
PARTIAL = "partial_outage"
MAJOR = "major_outage"
MAINTENANCE = "under_maintenance"


@dataclass(frozen=True, slots=True)
class PageComponent:
    """One line of the page."""

    id: str
    name: str
    group: str
    position: int


@dataclass(slots=True)
class Update:
    """One public word on an incident or on planned work."""

    id: str
    at: Instant
    status: str
    body: str
    states: dict[str, str] = field(default_factory=dict)
    """Component id to the state it is set to."""
    before: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Post:
    """An incident, or planned work with its window."""

    id: str
    name: str
    impact: str
    started_at: Instant
    updates: list[Update]
    """Oldest first."""
    components: tuple[str, ...]
    """Ids of what is affected."""
    backdated_at: Instant | None = None
    """When ``started_at`` was put on the page; before that it read like the first post."""
    window: tuple[Instant, Instant] | None = None

    @property
    def created_at(self) -> Instant:
        """When it was first posted."""
        return self.updates[0].at

    def until(self, now: Instant) -> list[Update]:
        """Return the updates made up to ``now``, oldest first."""
        return [update for update in self.updates if update.at <= now]


class StatusPage:
    """One page, as of any instant."""

    def __init__(
        self,
        key: str,
        name: str,
        created_at: Instant,
        components: Sequence[PageComponent],
        incidents: Iterable[Post],
        maintenances: Iterable[Post],
    ) -> None:
        """Put everything in order of time and note what each update replaced."""
        self.key = key
        self.name = name
        self.created_at = created_at
        self.components = tuple(components)
        self.incidents = sorted(incidents, key=lambda post: (post.created_at, post.id))
        self.maintenances = sorted(maintenances, key=lambda post: (post.created_at, post.id))
        self._changes: list[tuple[Instant, str, str]] = []
        state = dict.fromkeys((component.id for component in components), OPERATIONAL)
        for update in sorted(self._updates(), key=lambda update: (update.at, update.id)):
            update.before = {id_: state[id_] for id_ in update.states}
            state.update(update.states)
            self._changes += ((update.at, id_, word) for id_, word in update.states.items())

    def states(self, now: Instant) -> dict[str, tuple[str, Instant]]:
        """Return each component's state at ``now``, and since when it is shown."""
        states = dict.fromkeys(
            (component.id for component in self.components), (OPERATIONAL, self.created_at)
        )
        for at, component_id, state in self._changes:
            if at > now:
                break
            states[component_id] = (state, at)
        return states

    def _updates(self) -> Iterable[Update]:
        for post in (*self.incidents, *self.maintenances):
            yield from post.updates
