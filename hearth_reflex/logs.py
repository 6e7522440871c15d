"""How the house writes its log. Of what is logged it knows only how the names of the AI's events begin."""

import logging
import sys

import structlog
from structlog.typing import EventDict

_OF_THE_AI = ("engine.", "reply.", "llm.")  # how the names of its events begin
_ACHIEVED = ("reply.done", "engine.loaded")


def configure_logs(*, level: str, for_people: bool) -> None:
    """One event name a step, with figures; for people on a terminal, or one JSON object a line.

    Args:
        level: the least that is told: `debug`, `info`, `warning`, `error`.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(least, logging.WARNING), format="%(levelname)s %(name)s %(message)s")
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    if for_people:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            *([_tag, _tag_before_event] if for_people else [_tag]),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _tag(logger: object, method: str, event: EventDict) -> EventDict:
    """Marks what the AI does, so that one word finds it among everything else."""
    name = str(event.get("event", ""))
    if name.startswith(_OF_THE_AI):
        went_wrong = event.get("level") in ("warning", "error", "critical")
        event["tag"] = "AI_ERROR" if went_wrong else "AI_SUCCESS" if name in _ACHIEVED else "AI_DEBUG"
    return event


def _tag_before_event(logger: object, method: str, event: EventDict) -> EventDict:
    if tag := event.pop("tag", None):
        event["event"] = f"[{tag}] {event['event']}"
    return event
