"""The OpenAI-compatible dialect as Hearth speaks it: bodies, chunks, errors, and our few extensions.

Both ends use it, the worker to write and the client to read, so that they cannot drift apart. Plain dicts and
strings; knows no sockets. Our extensions sit under one key, `hearth`, and in the named events `queued` and `started`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    EngineEvent,
    Finished,
    FinishReason,
    Piece,
    Queued,
    Started,
    Usage,
)
from hearth_reflex.errors import (
    EngineBusyError,
    EngineCrashedError,
    EngineError,
    EngineMemoryError,
    EngineSilentError,
    GrammarError,
    ModelBrokenError,
    ModelMissingError,
    PictureError,
    PromptTooLongError,
)

Json = dict[str, Any]
EXTENSION = "hearth"
DONE = "[DONE]"

_BY_CODE: dict[str, type[EngineError]] = {
    error.code: error
    for error in (
        EngineError,
        ModelMissingError,
        ModelBrokenError,
        PromptTooLongError,
        EngineCrashedError,
        EngineBusyError,
        EngineMemoryError,
        EngineSilentError,
        GrammarError,
        PictureError,
    )
} | {"context_length_exceeded": PromptTooLongError, "exceed_context_size_error": PromptTooLongError}
_BY_STATUS: dict[int, type[EngineError]] = {404: ModelMissingError, 413: PromptTooLongError, 429: EngineBusyError}
_STATUS = {PromptTooLongError.code: 400, EngineBusyError.code: 429}
_OF_PICTURES = ("picture_many", "picture_bad")  # a PictureError's other sentences


def request_body(request: ChatRequest, *, model: str, extended: bool) -> Json:
    """The body of a streamed chat completion.

    Args:
        extended: whether the server knows llama.cpp's samplers and our extensions; strict ones refuse unknown keys.
    """
    sampling = request.sampling.clamped()
    body: Json = {
        "model": model,
        "messages": [{"role": turn.role, "content": _content(turn)} for turn in request.turns],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if sampling.json_schema:
        schema: Json = {"name": "answer", "schema": json.loads(sampling.json_schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if sampling.logit_bias:
        body["logit_bias"] = {str(token): bias for token, bias in sampling.logit_bias}
    if extended and sampling.grammar:
        body["grammar"] = sampling.grammar
    if extended:
        body |= {"top_k": sampling.top_k, "min_p": sampling.min_p, "repeat_penalty": sampling.repeat_penalty}
        body[EXTENSION] = {
            "continue_last": request.continue_last,
            "affinity": request.affinity,
            "asker": request.asker,
            "priority": int(request.priority),
            "alone": request.alone,
        }
    return body


def _content(turn: ChatTurn) -> str | list[Json]:
    if not turn.images:
        return turn.content
    pictures: list[Json] = [{"type": "image_url", "image_url": {"url": uri}} for uri in turn.images]
    return [*pictures, {"type": "text", "text": turn.content}]


def event_frames(event: EngineEvent, head: Json) -> str:
    """One event of a stream as server-sent events.

    Args:
        head: what every chunk begins with (id, model, created).
    """
    match event:
        case Queued(position, seconds):
            return _frame({"position": position, "seconds": seconds}, name="queued")
        case Started(prompt_tokens):
            return _frame({"prompt_tokens": prompt_tokens}, name="started")
        case Piece(text, tokens, cpu_ms):
            choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
            return _frame({**head, "choices": [choice], EXTENSION: {"tokens": tokens, "cpu_ms": cpu_ms}})
        case Finished(reason, usage, made):
            choice: Json = {"index": 0, "delta": {}, "finish_reason": _wire_reason(reason)}
            last: Json = {**head, "choices": [], "usage": usage_body(usage), "timings": timings_body(usage)}
            last[EXTENSION] = asdict(made)
            return _frame({**head, "choices": [choice]}) + _frame(last) + f"data: {DONE}\n\n"


def completion_body(text: str, finished: Finished, head: Json) -> Json:
    """The answer to a completion that was not streamed."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": _wire_reason(finished.reason),
    }
    usage = finished.usage
    return {
        **head,
        "object": "chat.completion",
        "choices": [choice],
        "usage": usage_body(usage),
        "timings": timings_body(usage),
        EXTENSION: asdict(finished.made),
    }


def usage_body(usage: Usage) -> Json:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.prompt_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.kept_tokens},
    }


def timings_body(usage: Usage) -> Json:
    """llama.cpp's names, and ours for what it has no name for."""
    speaking = usage.output_tokens / usage.tokens_per_second * 1000 if usage.tokens_per_second else 0.0
    return {
        "cache_n": usage.kept_tokens,
        "prompt_n": usage.prompt_tokens - usage.kept_tokens,
        "prompt_ms": usage.prompt_ms,
        "predicted_n": usage.output_tokens,
        "predicted_ms": round(speaking, 1),
        "predicted_per_second": usage.tokens_per_second,
        "queue_ms": usage.queue_ms,
        "first_token_ms": usage.first_token_ms,
        "total_ms": usage.total_ms,
        "cpu_ms": usage.cpu_ms,
    }


def error_body(error: EngineError) -> Json:
    inner = {"code": error.code, "type": "engine_error", "message": error.code, "params": error.params}
    return {"error": inner}


def error_frame(error: EngineError) -> str:
    return _frame(error_body(error))


def error_status(error: EngineError) -> int:
    return _STATUS.get(error.code, error.status)


def error_from(body: object, *, status: int = 0) -> EngineError:
    """The error that a server's answer means; by its code where we know it, else by its HTTP status."""
    inner = mapping(mapping(body).get("error"))
    if inner.get("code") in _OF_PICTURES:
        return PictureError(str(inner["code"]))
    known = _BY_CODE.get(str(inner.get("code"))) or _BY_CODE.get(str(inner.get("type")))
    kind = known or _BY_STATUS.get(status, EngineError)
    given = mapping(inner.get("params")).items()
    return kind(None, field=None, **{key: value for key, value in given if key != "field" and isinstance(value, int)})


def error_for(reason: str) -> EngineError:
    """The error of a code of errors.py."""
    return _BY_CODE.get(reason, EngineError)()


def mapping(value: object) -> Mapping[str, Any]:
    """`value` if it is a JSON object, else an empty one: other people's servers send what they like."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def finish_reason(word: object) -> FinishReason:
    if word == "length":
        return FinishReason.LENGTH
    return FinishReason.CANCELLED if word == "cancelled" else FinishReason.STOP


def _wire_reason(reason: FinishReason) -> str:
    return reason.value


def _frame(data: Json, *, name: str = "") -> str:
    # ASCII JSON: no line separator inside a text can end a line of the event.
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n"
