"""Who may do what, as one table. A new role or permission fails here until it is decided."""

import pytest

from hearth_reflex.domain.roles import Permission, Role, may, stands_above

TABLE = {
    Permission.READ: set(Role),
    Permission.POST: set(Role),
    Permission.INVITE: {Role.OWNER, Role.MODERATOR, Role.MEMBER},
    Permission.STOP_ANY: {Role.OWNER, Role.MODERATOR},
    Permission.CHOOSE_MODEL: {Role.OWNER, Role.MODERATOR},
    Permission.SEAT_AI: {Role.OWNER, Role.MODERATOR},
    Permission.PIN: {Role.OWNER, Role.MODERATOR, Role.MEMBER},
    Permission.DELETE_ANY: {Role.OWNER, Role.MODERATOR},
    Permission.KEEP_ORDER: {Role.OWNER, Role.MODERATOR},
    Permission.DESCRIBE: {Role.OWNER, Role.MODERATOR},
    Permission.OWN: {Role.OWNER},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_the_table(role: Role, permission: Permission) -> None:
    assert may(role, permission) == (role in TABLE[permission])


def test_roles_are_the_words_that_the_database_holds() -> None:
    assert {role.value for role in Role} == {"owner", "moderator", "member", "guest"}


def test_one_keeps_order_only_among_those_below() -> None:
    above = {(one, other) for one in Role for other in Role if stands_above(one, other)}
    assert (Role.OWNER, Role.MODERATOR) in above
    assert (Role.MODERATOR, Role.MEMBER) in above
    assert (Role.MEMBER, Role.GUEST) in above
    assert not {(role, role) for role in Role} & above
    assert not {(other, one) for one, other in above} & above
