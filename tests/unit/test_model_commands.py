"""`./hearth models`: list, add, pull, on the folder alone."""

import asyncio
from pathlib import Path

import pytest

from hearth_reflex.cli import models
from hearth_reflex.errors import ConflictError, ForbiddenError, HubError, InputError, ModelMissingError
from hearth_reflex.settings import Settings
from tests import gguf_files
from tests.hubs import HubServer, serving


def test_the_list_shows_what_can_and_what_cannot_speak(settings: Settings) -> None:
    settings.models_dir.mkdir()
    gguf_files.model(settings.models_dir / "a.gguf", name="Tiny")
    (settings.models_dir / "b.gguf").write_bytes(b"GGUF")
    gguf_files.projector(settings.models_dir / "c.gguf")
    demo, *lines = models.found(settings)
    assert "SmolLM2" in demo.name
    assert [(line.name, bool(line.trouble)) for line in lines] == [
        ("a.gguf", False),
        ("b.gguf", True),
        ("c.gguf", True),
    ]
    assert lines[0].words.startswith("Tiny · llama")


def test_a_file_is_added_with_all_its_parts(settings: Settings, tmp_path: Path) -> None:
    paths = gguf_files.split(tmp_path, "big")
    assert models.add(settings, paths[0]) == [path.name for path in paths]
    (listed,) = [line for line in models.found(settings) if line.name == paths[0].name]
    assert not listed.trouble
    with pytest.raises(ConflictError):
        models.add(settings, paths[0])


def test_what_is_no_model_is_not_added(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_text("no model")
    with pytest.raises(InputError) as told:
        models.add(settings, tmp_path / "a.gguf")
    assert told.value.code == "model_file"
    with pytest.raises(ModelMissingError):
        models.add(settings, tmp_path / "nothing.gguf")
    assert len(models.found(settings)) == 1


def test_nothing_is_fetched_unless_it_is_allowed(settings: Settings) -> None:
    with pytest.raises(ForbiddenError) as told:
        models.pull(settings, "fire/place", "a.gguf", "main", told=models.Told())
    assert told.value.code == "hub_off"


async def test_pull_fetches_and_tells_how_far_it_is(
    settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = gguf_files.model(tmp_path / "a.gguf").read_bytes()
    async with serving(HubServer({"Q4/a.gguf": data, "film.gguf": b"MKV " * 999})) as hub:
        allowed = settings.model_copy(update={"hub_enabled": True, "hub_url": hub.url})

        def pull(file: str) -> str:
            return models.pull(allowed, hub.repo, file, "main", told=models.Told())

        assert await asyncio.to_thread(pull, "Q4/a.gguf") == "a.gguf"
        with pytest.raises(InputError):
            await asyncio.to_thread(pull, "film.gguf")
        with pytest.raises(HubError):
            await asyncio.to_thread(pull, "none.gguf")
    assert "100 %" in capfd.readouterr().err
    assert (settings.models_dir / "a.gguf").stat().st_size == len(data)
