"""Every table in one import, for Alembic and for tests that make an empty database."""

from sqlmodel import SQLModel

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import Chunk, Citation, Collection, Document, PictureNote, Removal, SearchLog
from hearth_reflex.db.generation import Generation, MessageMetadata, UsageDay
from hearth_reflex.db.message import AnswerVersion, Hush, Mention, Message, Rating, Reaction, Star
from hearth_reflex.db.model import HouseChoice, ModelFile, ModelPull, Provider
from hearth_reflex.db.persona import Persona, SavedPrompt, Seat
from hearth_reflex.db.room import Ban, Invite, Member, Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.db.session import AiSession, ApiToken, SessionConfig, TalkRead
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
    Seat,
    SavedPrompt,
    AiSession,
    SessionConfig,
    TalkRead,
    ApiToken,
    Message,
    AnswerVersion,
    Rating,
    Hush,
    Reaction,
    Star,
    Mention,
    Attachment,
    SearchEntry,
    Collection,
    Document,
    Chunk,
    PictureNote,
    Removal,
    Citation,
    SearchLog,
    Generation,
    MessageMetadata,
    UsageDay,
    ModelFile,
    ModelPull,
    Provider,
    HouseChoice,
)
METADATA = SQLModel.metadata
