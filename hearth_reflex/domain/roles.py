"""Who may do what in a room. Decided here, looked up in `services/access.py`, tested as a table."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"


class Permission(StrEnum):
    READ = "read"
    POST = "post"
    STOP_ANY = "stop_any"  # end an answer that somebody else asked for
    CHOOSE_MODEL = "choose_model"  # say which model speaks in the room


_MEMBER = frozenset({Permission.READ, Permission.POST})
_KEEPER = _MEMBER | {Permission.STOP_ANY, Permission.CHOOSE_MODEL}
_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: _MEMBER,
    Role.MODERATOR: _KEEPER,
    Role.OWNER: _KEEPER,
}


def may(role: Role, permission: Permission) -> bool:
    return permission in _GRANTS[role]
