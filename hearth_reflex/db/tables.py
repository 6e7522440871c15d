"""Every table in one import, for Alembic and for tests that make an empty database."""

from sqlmodel import SQLModel

from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import Message
from hearth_reflex.db.model import HouseChoice, ModelFile, ModelPull, Provider
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.user import LoginSession, SetupLink, User

TABLES = (
    User,
    LoginSession,
    SetupLink,
    Room,
    Member,
    Persona,
    Message,
    Generation,
    MessageMetadata,
    ModelFile,
    ModelPull,
    Provider,
    HouseChoice,
)
METADATA = SQLModel.metadata
