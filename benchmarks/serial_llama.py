"""llama-cpp-python's own `Llama()`, asked for one reply after the other. A program of its own that the engine's
benchmark starts: a line of JSON with prompts comes in, a line with when each token came goes out.

It goes on until a reply has its tokens: what ends replies is switched off, as it is for the others.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from benchmarks.peer_process import answer, settle


def main() -> int:
    arguments = _parser().parse_args()
    out = settle()
    llama = _load(arguments)
    answer(out, {"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        answer(out, [_say(llama, messages, tokens=asked["tokens"]) for messages in asked["prompts"]])
    return 0


def _load(arguments: argparse.Namespace) -> llama_cpp.Llama:
    llama_cpp.llama_vocab_is_eog = _never
    llama = llama_cpp.Llama(
        str(arguments.model),
        n_ctx=arguments.context,
        n_batch=arguments.batch,
        n_threads=arguments.threads,
        n_threads_batch=arguments.threads,
        verbose=False,
    )
    llama.chat_handler = Jinja2ChatFormatter(
        template=llama.metadata["tokenizer.chat_template"],
        eos_token=_mark(llama, llama.token_eos()),
        bos_token=_mark(llama, llama.token_bos()),
    ).to_chat_handler()
    return llama


def _never(_vocabulary: object, _token: int) -> bool:
    return False


def _mark(llama: llama_cpp.Llama, token: int) -> str:
    return llama.detokenize([token], special=True).decode() if token >= 0 else ""


def _say(llama: llama_cpp.Llama, messages: list[Any], *, tokens: int) -> dict[str, Any]:
    arrivals: list[float] = []
    prompt_tokens = 0
    chunks: Any = llama.create_chat_completion(
        messages, stream=True, temperature=0, repeat_penalty=1, max_tokens=tokens, seed=1
    )
    for chunk in chunks:
        prompt_tokens = prompt_tokens or llama.n_tokens
        if chunk["choices"][0]["delta"].get("content"):
            arrivals.append(time.monotonic())
    said = llama.n_tokens - prompt_tokens + 1  # the last one was drawn and not read
    return {"arrivals": arrivals, "ended": time.monotonic(), "prompt_tokens": prompt_tokens, "output_tokens": said}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file")
    parser.add_argument("--context", type=int, required=True, help="tokens of context")
    parser.add_argument("--batch", type=int, required=True, help="most tokens of a step")
    parser.add_argument("--threads", type=int, required=True)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
