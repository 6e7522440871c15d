"""Somebody else's server as an engine: what it gives, what it refuses, and every way in which it can misbehave."""

import asyncio
import gzip
import json
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture

from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    EngineEvent,
    Finished,
    FinishReason,
    Piece,
    Sampling,
    Started,
)
from hearth_reflex.errors import (
    EngineError,
    EngineSilentError,
    GrammarError,
    PictureError,
    PromptTooLongError,
    ProviderError,
    ProviderKeyError,
    ProviderLimitError,
)
from hearth_reflex.llm.remote import RemoteEngine, RemoteServer
from hearth_reflex.llm.strangers import api_root
from tests.strangers import (
    STREAM,
    Answer,
    Stranger,
    delta,
    event,
    for_ever,
    refuses,
    says,
    self_made_tls,
    stranger,
    then_silence,
    whole,
)

KEY = "sk-very-secret-0123456789"
SILENCE_S = 0.4


@pytest.fixture(autouse=True)
def logged() -> Iterator[LogCapture]:
    """Everything that is logged during a test; the key is never in it."""
    capture, before = LogCapture(), structlog.get_config()
    structlog.configure(processors=[structlog.processors.format_exc_info, capture])
    yield capture
    structlog.configure(**before)
    assert KEY not in repr(capture.entries)


def asking(text: str = "What is a fireplace for?", **sampling: object) -> ChatRequest:
    return ChatRequest((ChatTurn("system", "Be short."), ChatTurn("user", text)), Sampling(**sampling))  # pyright: ignore[reportArgumentType]


def engine_of(there: Stranger, *, key: str | None = KEY, sees: bool = False, path: str = "") -> RemoteEngine:
    server = RemoteServer("Cloud", there.url + path, "big-1", key, context_tokens=8192, sees=sees)
    return RemoteEngine(server, silence_s=SILENCE_S, pauses=(0.01, 0.02))


async def heard(engine: RemoteEngine, request: ChatRequest | None = None) -> list[EngineEvent]:
    async with asyncio.timeout(20):
        return [event async for event in engine.stream(request or asking())]


def text_of(events: list[EngineEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Piece))


async def test_a_good_answer_from_the_first_word_to_how_it_was_made() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    async with stranger(whole("warm", "th", usage=usage)) as there:
        events = await heard(engine_of(there), asking(seed=7))
    assert events[:3] == [Started(), Piece("warm"), Piece("th")]
    last = events[3]
    assert isinstance(last, Finished)
    assert (last.usage.prompt_tokens, last.usage.output_tokens, last.usage.kept_tokens) == (9, 2, 4)
    assert (last.made.provider, last.made.model, last.made.seed, last.made.leaves_house) == ("Cloud", "big-1", 7, True)
    (asked,) = there.asked
    assert asked.line == "POST /v1/chat/completions HTTP/1.1"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body["stream_options"] == {"include_usage": True}
    assert asked.body["model"] == "big-1"
    assert not {"top_k", "min_p", "repeat_penalty", "hearth", "grammar"} & set(asked.body)


async def test_without_a_key_none_is_sent() -> None:
    async with stranger(whole("hi")) as there:
        await heard(engine_of(there, key=""))
    assert "authorization" not in there.asked[0].headers


async def test_without_usage_words_are_counted_here() -> None:
    async with stranger(whole("a", "b", "c")) as there:
        last = (await heard(engine_of(there)))[-1]
    assert isinstance(last, Finished)
    assert (last.usage.output_tokens, last.usage.prompt_tokens) == (3, 0)


TOO_LONG = {"error": {"message": "This model's maximum context length is 8192 tokens.", "code": 400}}
FAULTS: dict[str, tuple[Answer, type[EngineError], str]] = {
    "401": (refuses(401, {"error": {"message": f"bad key {KEY}"}}), ProviderKeyError, "provider_key"),
    "403": (refuses(403), ProviderKeyError, "provider_key"),
    "404": (refuses(404, {"error": {"message": "no such model"}}), ProviderError, "provider_model"),
    "402": (refuses(402), ProviderLimitError, "provider_limit"),
    "429 for long": (refuses(429, Retry_After="3600"), ProviderLimitError, "provider_limit"),
    "429 always": (refuses(429), ProviderLimitError, "provider_limit"),
    "500 always": (refuses(500, "oops"), ProviderError, "provider"),
    "400": (refuses(400, {"error": "no"}), ProviderError, "provider"),
    "400 too long": (refuses(400, TOO_LONG), PromptTooLongError, "prompt_too_long"),
    "413": (refuses(413), PromptTooLongError, "prompt_too_long"),
    "redirect": (refuses(307, Location="http://127.0.0.1:1/v1/chat/completions"), ProviderError, "provider"),
    "html": (
        says(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!doctype html><h1>Hi</h1>\n\n"),
        ProviderError,
        "provider",
    ),
    "half a stream": (says(STREAM, delta("half")), ProviderError, "provider"),
    "half an event": (says(STREAM, delta("half")[:-9]), ProviderError, "provider"),
    "nothing": (says(STREAM), ProviderError, "provider"),
    "hangs up": (says(b""), ProviderError, "provider"),
    "not http": (says(b"220 mail.example ESMTP\r\n\r\n"), ProviderError, "provider"),
    "no json": (says(STREAM, b"data: {nonsense\n\n"), ProviderError, "provider"),
    "a list": (says(STREAM, b"data: [1]\n\n"), ProviderError, "provider"),
    "deep json": (says(STREAM, b"data: " + b"[" * 100_000 + b"\n\n"), ProviderError, "provider"),
    "wrong shapes": (says(STREAM, event({"choices": {"0": 1}}), event({"choices": [7]})), ProviderError, "provider"),
    "an error inside": (says(STREAM, event({"error": {"code": 429, "message": "later"}})), ProviderLimitError, ""),
    "a key error inside": (says(STREAM, event({"error": {"code": "invalid_api_key"}})), ProviderKeyError, ""),
    "our own codes mean nothing": (
        says(STREAM, event({"error": {"code": "engine_memory"}})),
        ProviderError,
        "provider",
    ),
    "silence": (then_silence(STREAM), EngineSilentError, "engine_silent"),
    "silence before the head": (then_silence(), EngineSilentError, "engine_silent"),
    "silence in mid-word": (then_silence(STREAM, delta("and")), EngineSilentError, "engine_silent"),
    "pings for ever": (then_silence(STREAM, pings=True), EngineSilentError, "engine_silent"),
    "an endless line": (for_ever(STREAM + b"data: ", b"x" * 65536), ProviderError, "provider"),
    "an endless event": (for_ever(STREAM, b"data: " + b"x" * 65536 + b"\n"), ProviderError, "provider"),
    "an endless refusal": (for_ever(b"HTTP/1.1 400 No\r\n\r\n", b"x" * 65536), ProviderError, "provider"),
    "packed": (
        says(STREAM.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"), gzip.compress(delta("x" * 100))),
        ProviderError,
        "provider",
    ),
    "json that is no answer": (
        says(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"ok": true}'),
        ProviderError,
        "provider",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_has_a_name(fault: str) -> None:
    answer, kind, code = FAULTS[fault]
    async with stranger(answer) as there:
        with pytest.raises(EngineError) as raised:
            await heard(engine_of(there))
    assert type(raised.value) is kind
    assert raised.value.code == (code or kind.code)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://no-such-host.invalid", "https://127.0.0.1:9/v1"])
async def test_nobody_there(url: str) -> None:
    engine = RemoteEngine(RemoteServer("Cloud", url, "m", KEY), silence_s=SILENCE_S, pauses=())
    with pytest.raises(ProviderError):
        await heard(engine)


async def test_plain_words_where_tls_was_expected_are_a_provider_fault() -> None:
    async with stranger(whole("hi")) as there:
        server = RemoteServer("Cloud", there.url.replace("http:", "https:"), "m", KEY)
        with pytest.raises(ProviderError):
            await heard(RemoteEngine(server, silence_s=SILENCE_S, pauses=()))


@pytest.mark.parametrize("scheme", ["https", "HTTPS"])
async def test_a_certificate_that_nobody_signed_gets_no_words(tmp_path: Path, scheme: str) -> None:
    async with stranger(whole("trust me"), tls=self_made_tls(tmp_path)) as there:
        server = RemoteServer("Cloud", there.url.replace("http", scheme), "m", KEY)
        with pytest.raises(ProviderError):
            await heard(RemoteEngine(server, silence_s=5, pauses=()))
    assert there.asked == []


@pytest.mark.parametrize("first", [refuses(429), refuses(429, Retry_After="0.05"), refuses(500, "x"), refuses(503)])
async def test_a_refusal_for_the_moment_is_tried_again(first: Answer) -> None:
    async with stranger(first, first, whole("now")) as there:
        assert text_of(await heard(engine_of(there))) == "now"
    assert len(there.asked) == 3


async def test_wishes_that_are_refused_are_given_up_one_by_one() -> None:
    def unsupported(name: str) -> Answer:
        return refuses(400, {"error": {"message": "Unsupported", "param": name, "code": "unsupported_parameter"}})

    strict = refuses(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "input": 7}]})
    async with stranger(unsupported("max_tokens"), unsupported("temperature"), strict, whole("so be it")) as there:
        events = await heard(engine_of(there), asking(seed=7, max_tokens=33))
    assert text_of(events) == "so be it"
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.made.seed is None  # it was not sent in the end
    body = there.asked[-1].body
    assert body["max_completion_tokens"] == 33
    assert not {"max_tokens", "temperature", "seed"} & set(body)
    assert {"top_p", "stream_options"} <= set(body)


@pytest.mark.parametrize("param", ["messages", "model", "response_format", "max_completion_tokens", None])
async def test_what_cannot_be_given_up_is_a_refusal(param: str | None) -> None:
    refusal = refuses(400, {"error": {"message": "Unsupported", "param": param, "code": "unsupported_parameter"}})
    async with stranger(refusal) as there:
        with pytest.raises(ProviderError):
            await heard(engine_of(there))
    assert len(there.asked) == 1


async def test_it_is_asked_three_times_and_no_more() -> None:
    async with stranger(refuses(500)) as there:
        with pytest.raises(ProviderError):
            await heard(engine_of(there))
    assert len(there.asked) == 3


async def test_patience_that_was_asked_for_is_kept() -> None:
    async with stranger(refuses(429, Retry_After="0.3"), whole("now")) as there:
        began = time.monotonic()
        await heard(engine_of(there))
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("answer", [refuses(401), refuses(400), refuses(429, Retry_After="3600"), says(b"")])
async def test_what_will_not_change_is_not_asked_again(answer: Answer) -> None:
    async with stranger(answer) as there:
        with pytest.raises(ProviderError):
            await heard(engine_of(there))
    assert len(there.asked) == 1


async def test_nothing_is_asked_again_once_words_came() -> None:
    async with stranger(says(STREAM, delta("half"))) as there:
        with pytest.raises(ProviderError):
            await heard(engine_of(there))
    assert len(there.asked) == 1


async def test_a_redirect_gets_neither_words_nor_key() -> None:
    async with stranger(whole("mine now")) as thief:
        leads_there = refuses(307, Location=f"{thief.url}/v1/chat/completions")
        async with stranger(leads_there) as there, asyncio.timeout(20):
            with pytest.raises(ProviderError):
                await heard(engine_of(there))
    assert thief.asked == []


async def test_closing_the_stream_is_seen_over_there() -> None:
    async with stranger(then_silence(STREAM, delta("and then"))) as there:
        async with aclosing(engine_of(there).stream(asking())) as events:
            async for one in events:
                if isinstance(one, Piece):
                    break
        async with asyncio.timeout(2):
            await there.gone.wait()


async def test_an_answer_without_end_is_cut_and_kept() -> None:
    async with stranger(for_ever(STREAM, delta("word " * 400))) as there:
        events = await heard(engine_of(there))
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason is FinishReason.LENGTH
    assert len(text_of(events)) == 200_000


async def test_thoughts_tools_and_odd_deltas_are_no_words() -> None:
    odd = [
        delta(None, role="assistant"),
        delta(None, content=None, reasoning_content="Let me think"),
        delta("", reasoning="hmm"),
        delta(None, tool_calls=[{"function": {"name": "rm"}}]),
        event({"choices": [{"index": 0, "delta": None}]}),
        event({"choices": []}),
        event({"choices": None, "object": "ping"}),
        event({"error": None, "choices": [{"delta": {"content": "plain "}}]}),
        delta(None, content=[{"type": "thinking", "text": "no"}, {"type": "text", "text": "parts"}]),
    ]
    async with stranger(says(STREAM, *odd, delta(reason="stop"), b"data: [DONE]\n\n")) as there:
        assert text_of(await heard(engine_of(there))) == "plain parts"


async def test_a_pair_of_surrogates_cut_in_two_is_one_character() -> None:
    async with stranger(says(STREAM, delta("a\ud83d"), delta("\udd25\udd25"), delta(reason="stop"))) as there:
        assert text_of(await heard(engine_of(there))) == "a🔥\ufffd"


async def test_figures_that_no_database_takes_are_bounded() -> None:
    usage = {"prompt_tokens": 10**40, "completion_tokens": -5, "prompt_tokens_details": "none"}
    timings = {"predicted_per_second": float("inf"), "prompt_ms": float("nan"), "total_ms": True}
    last = event(
        {"choices": [], "usage": usage, "timings": timings, "hearth": {"model_sha256": "a lie", "streams": "x"}}
    )
    async with stranger(says(STREAM, delta("hi"), delta(reason="stop"), last, b"data: [DONE]\n\n")) as there:
        finished = (await heard(engine_of(there)))[-1]
    assert isinstance(finished, Finished)
    assert finished.usage.prompt_tokens == 2**31 - 1
    assert finished.usage.output_tokens == 1
    assert 0 <= finished.usage.prompt_ms < float("inf")
    assert finished.usage.tokens_per_second <= 1e12
    assert finished.made.model_sha256 == ""


async def test_a_server_that_does_not_stream_is_heard_too() -> None:
    body = {"choices": [{"message": {"role": "assistant", "content": "all at once"}, "finish_reason": "length"}]}
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    async with stranger(says(head, json.dumps(body).encode())) as there:
        events = await heard(engine_of(there))
    assert events[:2] == [Started(), Piece("all at once")]
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason is FinishReason.LENGTH


async def test_pictures_pass_as_data_uris_to_who_can_see() -> None:
    uri = "data:image/jpeg;base64,AAAA"
    request = ChatRequest((ChatTurn("user", "What is this?", images=(uri,)),))
    async with stranger(whole("a fire")) as there:
        with pytest.raises(PictureError):
            await heard(engine_of(there), request)
        assert there.asked == []
        await heard(engine_of(there, sees=True), request)
    assert there.asked[0].body["messages"][0]["content"][0] == {"type": "image_url", "image_url": {"url": uri}}


async def test_what_it_cannot_follow_is_refused_before_anything_is_sent() -> None:
    async with stranger(whole("hi")) as there:
        for request in (asking(grammar='root ::= "x"'), asking(json_schema="{no json")):
            with pytest.raises(GrammarError):
                await heard(engine_of(there), request)
    assert there.asked == []


async def test_an_answer_is_gone_on_with_in_words() -> None:
    turns = (ChatTurn("user", "Tell."), ChatTurn("assistant", "Once upon"))
    async with stranger(whole(" a time")) as there:
        await heard(engine_of(there), ChatRequest(turns, Sampling(stop=("a", "b", "c", "d", "e")), continue_last=True))
    body = there.asked[0].body
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert len(body["stop"]) == 4  # more are refused by some


async def test_a_key_that_cannot_be_opened_is_told_and_nothing_is_sent() -> None:
    async with stranger(whole("hi")) as there:
        engine = engine_of(there, key=None)
        with pytest.raises(ProviderKeyError) as raised:
            await heard(engine)
        assert raised.value.code == "provider_key_lost"
        assert ((await engine.health()).status, (await engine.health()).reason) == ("unavailable", "provider_key_lost")
    assert there.asked == []


async def test_counting_sends_nothing() -> None:
    async with stranger(whole("hi")) as there:
        counts = await engine_of(there).count_tokens(["", "hello there", "안녕하세요"])
    assert there.asked == []
    assert counts[0] == 1
    assert counts[1] >= 2
    assert counts[2] >= 5


MODELS = says(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"data":[]}')


@pytest.mark.parametrize("models", [MODELS, refuses(404), refuses(405)])
async def test_a_check_costs_one_token(models: Answer) -> None:
    async with stranger(models, whole("H")) as there:
        await engine_of(there).check()
    assert [asked.line.split()[1] for asked in there.asked] == ["/v1/models", "/v1/chat/completions"]
    assert there.asked[1].body["max_tokens"] == 1


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ((refuses(401),), ProviderKeyError),
        ((MODELS, refuses(401)), ProviderKeyError),  # shows its list to everybody
        ((MODELS, refuses(404)), ProviderError),
        ((refuses(500),), ProviderError),
    ],
)
async def test_a_check_says_what_is_wrong(answers: tuple[Answer, ...], kind: type[EngineError]) -> None:
    async with stranger(*answers) as there:
        with pytest.raises(kind):
            await engine_of(there).check()


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://a.example", "https://a.example/v1"),
        ("https://a.example/", "https://a.example/v1"),
        ("https://a.example/v1", "https://a.example/v1"),
        ("https://a.example/v1/", "https://a.example/v1"),
        ("https://a.example/openai", "https://a.example/openai/v1"),
        ("https://a.example/v1beta/openai/", "https://a.example/v1beta/openai"),
        ("https://v1.example:8080", "https://v1.example:8080/v1"),
    ],
)
def test_an_address_with_or_without_its_version(url: str, root: str) -> None:
    assert api_root(url) == root


async def test_the_version_is_not_doubled_on_the_way() -> None:
    async with stranger(whole("hi")) as there:
        await heard(engine_of(there, path="/v1"))
        await heard(engine_of(there, path="/api/v4/"))
    assert [asked.line.split()[1] for asked in there.asked] == ["/v1/chat/completions", "/api/v4/chat/completions"]


async def test_faults_are_logged_without_words_or_key(logged: LogCapture) -> None:
    async with stranger(refuses(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})) as there:
        with pytest.raises(ProviderKeyError) as raised:
            await heard(engine_of(there), asking("a very private question"))
    assert [entry["event"] for entry in logged.entries] == ["engine.refused"]
    assert "private" not in repr(logged.entries)
    assert KEY not in repr(raised.value)
    assert KEY not in repr(RemoteServer("Cloud", "http://a", "m", KEY))
