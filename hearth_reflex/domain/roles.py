"""Who may do what in a room. Decided here, looked up in `services/access.py`, tested as a table."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"
    GUEST = "guest"  # came in by an invitation that says so: speaks, and brings nobody along


class Permission(StrEnum):
    READ = "read"
    POST = "post"
    INVITE = "invite"  # make links into the room, and take back one's own
    STOP_ANY = "stop_any"  # end an answer that somebody else asked for
    CHOOSE_MODEL = "choose_model"  # say which model speaks in the room
    SEAT_AI = "seat_ai"  # bring a persona into the room, send one away
    PIN = "pin"
    DELETE_ANY = "delete_any"  # take back what somebody else said
    KEEP_ORDER = "keep_order"  # silence, show out and ban those below oneself
    DESCRIBE = "describe"  # name, description, seats, whether the AI speaks
    OWN = "own"  # give roles, hand over, open or close, archive and delete


_GUEST = frozenset({Permission.READ, Permission.POST})
_MEMBER = _GUEST | {Permission.INVITE, Permission.PIN}
_KEEPER = _MEMBER | {
    Permission.STOP_ANY,
    Permission.CHOOSE_MODEL,
    Permission.SEAT_AI,
    Permission.DELETE_ANY,
    Permission.KEEP_ORDER,
    Permission.DESCRIBE,
}
_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.GUEST: _GUEST,
    Role.MEMBER: _MEMBER,
    Role.MODERATOR: _KEEPER,
    Role.OWNER: _KEEPER | {Permission.OWN},
}
_RANK = {role: rank for rank, role in enumerate((Role.GUEST, Role.MEMBER, Role.MODERATOR, Role.OWNER))}


def may(role: Role, permission: Permission) -> bool:
    return permission in _GRANTS[role]


def stands_above(one: Role, other: Role) -> bool:
    """Whether `one` may keep order among those of role `other`."""
    return _RANK[one] > _RANK[other]
