"""Models, servers and fetches as the page draws them: no more sums to do, and figures that need no language."""

from typing import TypedDict

from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.i18n import CATALOGUES, words
from hearth_reflex.llm.hub import HubFile as OfferedFile
from hearth_reflex.services.choosing import ModelChoice
from hearth_reflex.services.models import ModelView
from hearth_reflex.services.providers import ProviderView
from hearth_reflex.services.pulls import PullView

_UNITS = ("B", "kB", "MB", "GB", "TB")


class ModelCard(TypedDict):
    """A model file. `error` holds the words of why it cannot be used; `removable` is not what was installed along."""

    id: str
    ref: str
    name: str  # of the file: two cuts of one model bear the same name inside
    inner_name: str
    file: str
    size: str
    parameters: str
    quantisation: str
    architecture: str
    context: str
    licence: str
    memory: str
    fits: bool
    template: str
    sha256: str
    sees: bool
    state: str
    error: dict[str, str]
    source: str
    is_default: bool
    is_demo: bool
    removable: bool


class ServerCard(TypedDict):
    """Another server that can speak. Its key is never here; `has_key` says whether there is one."""

    id: str
    ref: str
    name: str
    url: str
    model: str
    context: int
    sees: bool
    has_key: bool
    enabled: bool
    checked_at: str
    error: dict[str, str]
    is_default: bool


class PullCard(TypedDict):
    """A fetch from the hub. `status` is running, done, stopped or failed."""

    id: str
    repo: str
    file: str
    status: str
    part: float
    done: str
    total: str
    error: dict[str, str]


class HubFile(TypedDict):
    """A file that a repository of the hub offers."""

    file: str
    size: str


class Choice(TypedDict):
    """One that can speak. `ref` "" is the house's default."""

    ref: str
    name: str
    leaves: bool
    ready: bool


class EngineCard(TypedDict):
    """How the engine is, figures as text."""

    status: str
    model: str
    provider: str
    reason: dict[str, str]
    running: int
    waiting: int
    streams: int
    speed: str
    memory: str
    restarts: int
    threads: int
    context: str
    leaves: bool
    settings: list[dict[str, str]]


NO_ENGINE = EngineCard(
    status="", model="", provider="", reason={}, running=0, waiting=0, streams=0, speed="", memory="", restarts=0,
    threads=0, context="", leaves=False, settings=[],
)  # fmt: skip


def engine_card(health: EngineHealth) -> EngineCard:
    return EngineCard(
        status=health.status,
        model=health.model,
        provider=health.provider,
        reason=error_words(health.reason),
        running=health.running,
        waiting=health.waiting,
        streams=health.streams,
        speed=f"{health.tokens_per_second:.1f}" if health.tokens_per_second else "0",
        memory=size_text(health.memory_bytes) if health.memory_bytes else "",
        restarts=health.restarts,
        threads=health.threads,
        context=number(health.context_tokens),
        leaves=health.leaves_house,
        settings=[{"name": name, "value": _value(value)} for name, value in sorted(health.parameters.items())],
    )


def choice(one: ModelChoice) -> Choice:
    return Choice(ref=one.ref, name=one.name, leaves=one.leaves_house, ready=one.status != "unavailable")


def model_card(one: ModelView, *, is_default: bool) -> ModelCard:
    facts = one.facts
    return ModelCard(
        id=one.id,
        ref=one.ref,
        name=one.file.removesuffix(".gguf"),
        inner_name=one.name,
        file=one.file,
        size=size_text(one.size_bytes),
        parameters=count_text(facts.parameters),
        quantisation=facts.quantisation,
        architecture=facts.architecture,
        context=number(facts.context_tokens),
        licence=facts.licence,
        memory=size_text(one.ram_bytes) if one.ram_bytes else "",
        fits=one.fits,
        template=facts.template_id,
        sha256=one.sha256,
        sees=one.sees,
        state="unavailable" if one.error else one.status,
        error=error_words(one.error),
        source=one.source,
        is_default=is_default,
        is_demo=one.is_demo,
        removable=one.removable,
    )


def started_with(models: list[ModelView], *, own_file: bool) -> str:
    """The ref of the file that the house was started with: the operator's own, or the demo that came along."""
    kept = [one for one in models if not one.removable and one.is_demo is not own_file]
    return kept[0].ref if kept else ""


def pull_card(one: PullView) -> PullCard:
    return PullCard(
        id=one.id,
        repo=one.repo,
        file=one.file,
        status=one.status,
        part=one.done_bytes / one.total_bytes if one.total_bytes else 0.0,
        done=size_text(one.done_bytes),
        total=size_text(one.total_bytes) if one.total_bytes else "",
        error=error_words(one.error),
    )


def hub_file(one: OfferedFile) -> HubFile:
    return HubFile(file=one.file, size=size_text(one.size_bytes))


def server_card(one: ProviderView, *, default: str) -> ServerCard:
    return ServerCard(
        id=one.id,
        ref=one.ref,
        name=one.name,
        url=one.base_url,
        model=one.model,
        context=one.context_tokens,
        sees=one.sees,
        has_key=one.has_key,
        enabled=one.enabled,
        checked_at=one.checked_at,
        error=error_words(one.error),
        is_default=one.ref == default,
    )


def error_words(code: str | None) -> dict[str, str]:
    """The words of an error's code, or nothing. A code that was kept by another version may have none any more."""
    if not code:
        return {}
    said = words(f"error.{code}" if f"error.{code}" in CATALOGUES["ko"] else "error.unexpected")
    return {"ko": said["ko"], "en": said["en"]}


def size_text(size: int) -> str:
    """138 MB, 1.1 GB: three figures at most, decimal units as on a download page."""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit > 1 and amount < 10 else f"{amount:.0f} {_UNITS[unit]}"


def count_text(count: int) -> str:
    """135 M, 1.7 B: how people speak of a model's parameters."""
    if not count:
        return ""
    billions = count / 1e9
    return f"{billions:.1f} B".replace(".0 ", " ") if billions >= 0.95 else f"{count / 1e6:.0f} M"


def number(value: int) -> str:
    return f"{value:,}" if value else ""


def _value(value: float | bool | str) -> str:
    return ("✓" if value else "–") if isinstance(value, bool) else str(value)
