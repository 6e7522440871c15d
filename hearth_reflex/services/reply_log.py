"""What is logged of answers: figures and ids, never a word of what was said."""

import structlog

from hearth_reflex.db.generation import GenerationStatus
from hearth_reflex.services.generations import Run
from hearth_reflex.services.records import Record

log = structlog.get_logger(__name__)


def log_asked(run: Run, record: Record) -> None:
    """What the engine is asked, without a word of what was said."""
    request, prompt = record.request, record.prompt
    assert request is not None  # noqa: S101 - asked just before
    assert prompt is not None  # noqa: S101 - the same
    sampling = request.sampling
    log.info(
        "reply.asked",
        reply=run.message.uuid,
        model=record.made.model,
        turns=len(request.turns),
        messages=prompt.heard,
        dropped=prompt.dropped,
        shortened=prompt.shortened,
        continued=request.continue_last,
        max_tokens=sampling.max_tokens,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        top_k=sampling.top_k,
        min_p=sampling.min_p,
        repeat_penalty=sampling.repeat_penalty,
        seed=sampling.seed,
    )


def log_ended(run: Run, end: GenerationStatus, error: str | None, record: Record) -> None:
    """How it ended, and its figures."""
    usage, made = record.usage, record.made
    tell = log.warning if end is GenerationStatus.FAILED else log.info
    tell(
        f"reply.{end.value}",
        room=run.room,
        reply=run.message.uuid,
        error=error,
        model=made.model,
        provider=made.provider,
        streams=made.streams,
        prompt_tokens=usage.prompt_tokens,
        kept_tokens=usage.kept_tokens,
        output_tokens=usage.output_tokens,
        queue_ms=round(usage.queue_ms),
        prompt_ms=round(usage.prompt_ms),
        first_token_ms=round(usage.first_token_ms),
        decode_ms=round(usage.total_ms - usage.first_token_ms) if usage.first_token_ms else 0,
        total_ms=round(usage.total_ms),
        tokens_per_second=round(usage.tokens_per_second, 1),
    )
