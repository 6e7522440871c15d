"""Who may do what, as one table. A new role or permission fails here until it is decided."""

import pytest

from hearth_reflex.domain.roles import Permission, Role, may

TABLE = {
    Permission.READ: {Role.OWNER, Role.MODERATOR, Role.MEMBER},
    Permission.POST: {Role.OWNER, Role.MODERATOR, Role.MEMBER},
    Permission.STOP_ANY: {Role.OWNER, Role.MODERATOR},
    Permission.CHOOSE_MODEL: {Role.OWNER, Role.MODERATOR},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_the_table(role: Role, permission: Permission) -> None:
    assert may(role, permission) == (role in TABLE[permission])


def test_roles_are_the_words_that_the_database_holds() -> None:
    assert {role.value for role in Role} == {"owner", "moderator", "member"}
