"""Conditions of the index, written only from what was checked: the index takes them as strings."""

import re
from collections.abc import Iterable, Sequence

from hearth_reflex.domain.passages import Kind, checked_key, checked_scope

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STEP = 200  # values in one condition


def seen_by(scopes: Sequence[str], kinds: Sequence[Kind], parents: Sequence[str]) -> str:
    """Which rows a question may look at. Raises ValueError for what is no scope or uuid, and for no scope at all."""
    if not scopes:
        raise ValueError("no scopes")
    parts = [_among("scope", map(checked_scope, scopes))]
    if kinds:
        parts.append(_among("kind", (Kind(kind).value for kind in kinds)))
    if parents:
        parts.append(_among("parent", map(_checked_uuid, parents)))
    return " AND ".join(parts)


def of_key(key: str) -> str:
    return f"id = '{checked_key(key)}'"


def removed(keys: Sequence[str]) -> list[str]:
    """The conditions of rows to remove, for keys as `Removal.key` has them. What is no such key removes nothing."""
    columns: dict[str, list[str]] = {"id": [], "parent": [], "scope": []}
    for key in dict.fromkeys(keys):
        kind, _, rest = key.partition(":")
        check = {"parent": _checked_uuid, "scope": checked_scope}.get(kind)
        column, value = (kind, rest) if check else ("id", key)
        try:
            columns[column].append((check or checked_key)(value))
        except ValueError:
            continue
    return [
        _among(column, values[start : start + _STEP])
        for column, values in columns.items()
        for start in range(0, len(values), _STEP)
    ]


def _among(column: str, values: Iterable[str]) -> str:
    listed = ", ".join(f"'{value}'" for value in dict.fromkeys(values))
    return f"{column} IN ({listed})"


def _checked_uuid(uuid: str) -> str:
    if not _UUID.fullmatch(uuid):
        raise ValueError("no uuid")
    return uuid
