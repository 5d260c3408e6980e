"""Keeping what is derived true to the engagement file: refold after an edit, verify on demand."""

from __future__ import annotations

from engagewatch.engine.fold import Folder, policy_version
from engagewatch.model.engagement import Engagement, SourceKind, SourceSettings
from engagewatch.providers.registry import describe
from engagewatch.store.queries.people import keys_known_as
from engagewatch.store.store import Store
from engagewatch.sync.target import PollTarget
from engagewatch.sync.writer import Writer


def poll_target(store: Store, engagement: Engagement, settings: SourceSettings) -> PollTarget:
    """Return ``settings`` with the folder that counts its tickets under the engagement's rules.

    Raises:
        StoreError: the store cannot be read.
    """
    description = describe(settings)
    authors = engagement.rules.auto_reply_authors
    policy = engagement.policy(
        settings,
        description.default_meanings,
        has_messages=description.has_messages,
        has_history=description.has_history,
        automatic=keys_known_as(store, engagement.id, settings.id, authors) if authors else (),
    )
    return PollTarget(engagement, settings, Folder(policy))


async def apply_policy(writer: Writer, target: PollTarget) -> int:
    """Count a source's tickets if its rules changed since, or if some were stored uncounted.

    Other sources' pages are stored in between.

    Returns:
        How many tickets were counted; 0 when nothing changed.
    """
    name, source, store = target.engagement.id, target.settings.id, writer.store
    if describe(target.settings).kind is not SourceKind.TICKETING:
        return 0
    version = policy_version(target.folder.policy)
    if await writer.run(store.policy_version, name, source) == version:
        return 0
    counted = after = 0
    while True:
        done = await writer.run(store.refold_some, name, source, target.folder.fold, version, after)
        if done is None:
            return counted
        after, number = done
        counted += number
