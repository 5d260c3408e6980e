"""Zendesk's bulk export of ticket events, where a changed field is itself a key.

An export of the whole history is sixty thousand of these, so they are put together from pieces of
JSON instead of being built as objects first.
"""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape
from typing import Any

from engagewatch.demo.desk import Audit, Comment, Record, Via
from engagewatch.demo.settings import CATEGORY_FIELD
from engagewatch.demo.wire_zendesk import RULE_ID, SYSTEM
from engagewatch.model.instants import isoformat

_RULE = f'"via":"Rule","via_reference_id":{RULE_ID}'
_ORIGINS = {
    via: _RULE if via is Via.RULE else f'"via":"{via.word}","via_reference_id":null' for via in Via
}
_SYSTEMS = dict.fromkeys(Via, "{}") | {Via.FORM: json.dumps(SYSTEM, separators=(",", ":"))}


def ticket_event(record: Record, audit: Audit, *, with_comments: bool) -> bytes:
    """Return one audit as JSON; with comments in full, or just the mention of one."""
    first = audit is record.audits[0]
    children = []
    if audit.comment is not None:
        children.append(
            _comment(audit, audit.comment) if with_comments else _mention(audit.comment)
        )
    for name, value in audit.changes.items():
        children.append(_created(name, value) if first else _changed(name, value, audit.previous))
    if first:
        category = _json(record.category)
        children.append(
            f'"event_type":"Create","custom_ticket_fields":{{"{CATEGORY_FIELD}":{category}}}'
        )
        children.append(f'"event_type":"Notification","recipients":[{record.requester}]')
    origin = _ORIGINS[audit.via]
    listed = ",".join(
        [f'{{"id":{audit.id + n},{child},{origin}}}' for n, child in enumerate(children, 1)]
    )
    merged = ",".join(map(str, audit.merged))
    return (
        f'{{"id":{audit.id},"ticket_id":{record.id},"timestamp":{audit.at},'
        f'"created_at":"{isoformat(audit.at)}","updater_id":{audit.author},'
        f'"via":"{audit.via.word}","system":{_SYSTEMS[audit.via]},"metadata":{{}},'
        f'"event_type":"Audit","merged_ticket_ids":[{merged}],"child_events":[{listed}]}}'
    ).encode()


def _created(name: str, value: Any) -> str:
    return f'"event_type":"Create","{name}":{_value(name, value)}'


def _changed(name: str, value: Any, previous: dict[str, Any]) -> str:
    before = previous[name]
    if name == "satisfaction_score":
        return f'"event_type":"SatisfactionRating","score":{_json(value)}'
    change = f'"event_type":"Change","{name}":{_value(name, value)}'
    change += f',"previous_value":{_value(name, before)}'
    if name == "tags":
        added = json.dumps([tag for tag in value if tag not in before])
        removed = json.dumps([tag for tag in before if tag not in value])
        change += f',"added_tags":{added},"removed_tags":{removed}'
    return change


def _comment(audit: Audit, comment: Comment) -> str:
    return (
        f'"type":"Comment","event_type":"Comment","author_id":{audit.author},'
        f'{_bodies(comment.body)},"public":{"true" if comment.public else "false"},'
        f'"attachments":[],"audit_id":{audit.id},"created_at":"{isoformat(audit.at)}"'
    )


def _mention(comment: Comment) -> str:
    public = "true" if comment.public else "false"
    return f'"event_type":"Comment","comment_present":true,"comment_public":{public}'


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return json.dumps(value)
    # Ids come as text here and there; whoever reads them has to take both.
    return _json(str(value)) if name == "assignee_id" and value is not None else _json(value)


@lru_cache(maxsize=8192)
def _json(value: str | int | None) -> str:
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=512)
def _bodies(body: str) -> str:
    text = json.dumps(body, ensure_ascii=False)
    html = json.dumps(f"<p>{escape(body)}</p>", ensure_ascii=False)
    return f'"body":{text},"html_body":{html},"plain_body":{text}'
