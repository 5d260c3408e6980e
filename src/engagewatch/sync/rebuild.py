"""Keeping what is derived true to the engagement file: refold after an edit, verify on demand."""

from __future__ import annotations

from engagewatch.engine.fold import Folder, policy_version
from engagewatch.model.engagement import Engagement, SourceKind, SourceSettings
from engagewatch.providers.registry import describe
from engagewatch.store.store import Store
from engagewatch.sync.runner import PollTarget


def poll_target(engagement: Engagement, settings: SourceSettings) -> PollTarget:
    """Return ``settings`` with the folder that counts its tickets under the engagement's rules."""
    description = describe(settings)
    policy = engagement.policy(
        settings,
        description.default_meanings,
        has_messages=description.has_messages,
        has_history=description.has_history,
    )
    return PollTarget(engagement, settings, Folder(policy))


def apply_policy(store: Store, target: PollTarget) -> int:
    """Recount a source's tickets if its rules changed since they were last counted.

    Returns:
        How many tickets were recounted; 0 when nothing changed.
    """
    name, source = target.engagement.id, target.settings.id
    if describe(target.settings).kind is not SourceKind.TICKETING:
        return 0
    version = policy_version(target.folder.policy)
    if store.policy_version(name, source) == version:
        return 0
    return store.refold(name, source, target.folder.fold, version)
