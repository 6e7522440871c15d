"""Whether a name or a login is free: nobody has it, and it looks like nobody who speaks for the house.

People and personas speak in the same rooms, so their names are one set. Between people only names that read the same
letter for letter are one name; a persona's name is also taken by what a reader would take for it. Whoever names
something holds the names first, so that two who want the same one come one after the other.
"""

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.persona import Persona
from hearth_reflex.db.user import User
from hearth_reflex.domain.lookalikes import bare_of, passes_for, reading_of, spellings_of
from hearth_reflex.domain.text import name_key
from hearth_reflex.errors import ConflictError

# Lines of the house are signed by these; nobody may look like them.
RESERVED = ("hearth", "admin", "system", "ai", "화롯가", "관리자", "시스템", "운영자")
# A persona may say that it is an AI.
_RESERVED_FROM_PERSONAS = tuple(name for name in RESERVED if name != "ai")


async def hold_names(db: AsyncSession) -> None:
    """Others who name a person or a persona wait until this transaction ends; who only speaks does not.

    Taken on the row of the default persona, before any other row. SQLite has one writer anyway.
    """
    await db.exec(select(Persona.id).where(Persona.purpose == "default").with_for_update(key_share=True))


async def check_free(
    db: AsyncSession, *, name: str | None = None, key: str = "", login: str | None = None, but: int = 0
) -> None:
    """Lets a name (with its folded `key`) and a login pass that nobody but the user `but` has.

    Raises:
        ConflictError: `name_taken` or `login_taken`.
    """
    if name is not None:
        await hold_names(db)
        await _check_name(db, name, key, but=but)
    if login is not None:
        taken = select(User.id).where(User.login == login, col(User.id) != but)
        if (await db.exec(taken)).first() is not None:
            raise ConflictError("login_taken", field="login")


async def check_persona_free(db: AsyncSession, *, but: int = 0, **names: str) -> None:
    """Lets the names of a persona pass that nobody but the persona `but` has. The caller holds the names.

    Raises:
        ConflictError: `persona_name_taken` with the field: somebody has it, or it reads like a name of the house.
    """
    reserved = [*_RESERVED_FROM_PERSONAS, *await _names_of_the_house(db, but=but)]
    for field, name in names.items():
        people = select(User.id).where(col(User.name_key).in_({name_key(name), bare_of(name)}))
        taken = (await db.exec(people)).first() is not None
        mimics = reading_of(name) == "ai" or any(passes_for(name, known) for known in reserved)
        if taken or mimics or await _has_reading(db, name, but=but):
            raise ConflictError("persona_name_taken", field=field)


async def _check_name(db: AsyncSession, name: str, key: str, *, but: int) -> None:
    taken = (await db.exec(select(User.id).where(User.name_key == key, col(User.id) != but))).first()
    reserved = [*RESERVED, *await _names_of_the_house(db)]
    if taken is not None or any(passes_for(name, known) for known in reserved) or await _has_reading(db, name):
        raise ConflictError("name_taken", field="name")


async def _names_of_the_house(db: AsyncSession, *, but: int = 0) -> list[str]:
    """What the default persona listens to, also as it sounds. Nobody is called anything that begins so."""
    query = select(Persona.name_ko, Persona.name_en).where(col(Persona.purpose).is_not(None), col(Persona.id) != but)
    names = [name for pair in (await db.exec(query)).all() for name in pair]
    return [*names, *spellings_of(names)]


async def _has_reading(db: AsyncSession, name: str, *, but: int = 0) -> bool:
    """Whether some persona reads like this name."""
    reading = reading_of(name)
    query = select(Persona.id).where(
        or_(col(Persona.reading_ko) == reading, col(Persona.reading_en) == reading),
        col(Persona.deleted_at).is_(None),
        col(Persona.id) != but,
    )
    return reading != "" and (await db.exec(query.limit(1))).first() is not None
