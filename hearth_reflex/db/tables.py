"""Every table in one import, for Alembic and for tests that make an empty database."""

from sqlmodel import SQLModel

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import Mention, Message, Reaction, Star
from hearth_reflex.db.model import HouseChoice, ModelFile, ModelPull, Provider
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Ban, Invite, Member, Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.db.user import LoginSession, SetupLink, User

TABLES = (
    User,
    LoginSession,
    SetupLink,
    Room,
    Member,
    Ban,
    Invite,
    Persona,
    Message,
    Reaction,
    Star,
    Mention,
    Attachment,
    SearchEntry,
    Generation,
    MessageMetadata,
    ModelFile,
    ModelPull,
    Provider,
    HouseChoice,
)
METADATA = SQLModel.metadata
