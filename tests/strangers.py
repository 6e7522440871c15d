"""Somebody else's AI server, on loopback, that misbehaves as it is told. For tests only."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@dataclass
class Asked:
    """One request as it came."""

    line: str
    headers: Mapping[str, str]
    body: dict[str, Any]


Answer = Callable[[asyncio.StreamWriter], Coroutine[Any, Any, None]]


@dataclass
class Stranger:
    """Gives `answers` in turn, the last one again and again. `gone` is set when a caller hangs up on it."""

    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list[Asked])
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> list[Asked]:
        """Requests that carried words."""
        return [asked for asked in self.asked if asked.body]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        if first in (b"", b"\x16"):  # nobody, or a TLS greeting: this server speaks plainly
            writer.close()
            return
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(Asked(head[0], headers, json.loads(body or b"{}")))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        answering, ended = asyncio.create_task(answer(writer)), asyncio.create_task(reader.read())
        await asyncio.wait({answering, ended}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            self.gone.set()
        for task in (answering, ended):
            task.cancel()
        await asyncio.gather(answering, ended, return_exceptions=True)
        writer.close()


@asynccontextmanager
async def stranger(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Stranger]:
    there = Stranger(list(answers))
    listening = await asyncio.start_server(there.serve, "127.0.0.1", 0, limit=1 << 24, ssl=tls)
    there.port = listening.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        listening.close()


def self_made_tls(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that no authority has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = built.add_extension(here, critical=False).sign(key, SHA256())
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tls.pem").write_bytes(key.private_bytes(*plain) + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    return context


def says(*parts: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return answer


def then_silence(*parts: bytes, pings: bool = False) -> Answer:
    """Says `parts` and no more, but holds the line; with `pings` it sends empty lines on and on."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        await says(*parts)(writer)
        while True:
            await asyncio.sleep(0.05)
            if pings:
                writer.write(b": still here\n\n")
                await writer.drain()

    return answer


def for_ever(head: bytes, part: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(part)
            await writer.drain()

    return answer


def refuses(status: int, body: object = None, **headers: str) -> Answer:
    content = body.encode() if isinstance(body, str) else json.dumps(body or {}).encode()
    lines = [f"HTTP/1.1 {status} No", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return says("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def delta(text: str | None = None, reason: str | None = None, **more: object) -> bytes:
    inner = {**({"content": text} if text is not None else {}), **more}
    return event({"choices": [{"index": 0, "delta": inner, "finish_reason": reason}]})


def event(data: object) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def whole(*words: str, usage: Mapping[str, Any] | None = None) -> Answer:
    """A good answer."""
    last = [event({"choices": [], "usage": usage})] if usage else []
    return says(STREAM, *(delta(word) for word in words), delta(reason="stop"), *last, b"data: [DONE]\n\n")
