"""Whether a name or a login is free: nobody has it, and it looks like nobody who speaks for the house."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.persona import Persona
from hearth_reflex.db.user import User
from hearth_reflex.domain.lookalikes import passes_for
from hearth_reflex.errors import ConflictError

# Lines of the house are signed by these; nobody may look like them.
RESERVED = ("hearth", "admin", "system", "ai", "화롯가", "관리자", "시스템", "운영자")


async def check_free(
    db: AsyncSession, *, name: str | None = None, key: str = "", login: str | None = None, but: int = 0
) -> None:
    """Lets a name (with its folded `key`) and a login pass that nobody but the user `but` has.

    Raises:
        ConflictError: `name_taken` or `login_taken`.
    """
    if name is not None:
        await _check_name(db, name, key, but=but)
    if login is not None:
        taken = select(User.id).where(User.login == login, col(User.id) != but)
        if (await db.exec(taken)).first() is not None:
            raise ConflictError("login_taken", field="login")


async def _check_name(db: AsyncSession, name: str, key: str, *, but: int) -> None:
    personas = (await db.exec(select(Persona.name_ko, Persona.name_en))).all()
    reserved = [*RESERVED, *(spoken for pair in personas for spoken in pair)]
    taken = (await db.exec(select(User.id).where(User.name_key == key, col(User.id) != but))).first()
    if taken is not None or any(passes_for(name, known) for known in reserved):
        raise ConflictError("name_taken", field="name")
