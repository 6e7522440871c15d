"""The operator's commands: the page's fingerprint, Reflex's names, doctor's words, and the server on its port."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from reflex_base.constants import Templates
from reflex_base.environment import environment
from typer.testing import CliRunner

from hearth_reflex.cli import doctor, page, server
from hearth_reflex.cli.commands import app
from hearth_reflex.settings import PROJECT_DIR, load_settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("rxconfig.py", "requirements.txt", "hearth_reflex/app.py", "assets/a.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def pretend_built(project: Path) -> None:
    client = project / ".web" / "build" / "client"
    client.mkdir(parents=True)
    (client / "index.html").write_text("<html>")
    (project / ".web" / "hearth-page.sha256").write_text(page.fingerprint(project))


class TestPage:
    def test_a_built_page_is_current(self, project: Path) -> None:
        assert not page.is_current(project)
        pretend_built(project)
        assert page.is_current(project)

    @pytest.mark.parametrize("name", ["rxconfig.py", "requirements.txt", "hearth_reflex/app.py", "assets/a.css"])
    def test_a_changed_source_makes_it_old(self, project: Path, name: str) -> None:
        pretend_built(project)
        (project / name).write_text("changed")
        assert not page.is_current(project)

    def test_a_new_and_a_renamed_source_make_it_old(self, project: Path) -> None:
        pretend_built(project)
        (project / "assets/a.css").rename(project / "assets/b.css")
        assert not page.is_current(project)

    @pytest.mark.parametrize("name", ["hearth_reflex/__pycache__/app.pyc", "assets/generated/icon.png", "README.md"])
    def test_what_is_no_source_does_not(self, project: Path, name: str) -> None:
        pretend_built(project)
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("new")
        assert page.is_current(project)

    def test_a_page_that_is_gone_is_not_current(self, project: Path) -> None:
        pretend_built(project)
        shutil.rmtree(project / ".web" / "build")
        assert not page.is_current(project)


class TestReflex:
    def test_its_names_are_still_the_ones_we_set(self) -> None:
        assert set(server.SERVE_BUILT_PAGE) == {
            environment.REFLEX_ENV_MODE.name,
            environment.REFLEX_SKIP_COMPILE.name,
            environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.name,
        }

    def test_its_page_template_can_be_told_to_use_the_pages_port(self) -> None:
        # In a process of its own: rxconfig sets up the environment for Reflex.
        program = (
            "import json, pathlib, sys, rxconfig\n"
            "source = pathlib.Path(sys.argv[1]).read_text()\n"
            "once = rxconfig.use_page_port(source)\n"
            "origins = list(rxconfig.config.cors_allowed_origins)\n"
            "print(json.dumps([once != source, rxconfig.use_page_port(once) == once, origins]))\n"
        )
        template = Path(Templates.Dirs.WEB_TEMPLATE) / "utils" / "state.js"
        result = subprocess.run(
            [sys.executable, "-c", program, str(template)], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
        )
        changed, settled, origins = json.loads(result.stdout.splitlines()[-1])
        assert changed
        assert settled
        assert "*" not in origins


class TestDoctor:
    def test_a_missing_and_a_wrong_model_file_are_told(self, tmp_path: Path) -> None:
        (tmp_path / "note.gguf").write_text("not a model")
        missing = doctor.model(load_settings(_env_file=None, model_path=tmp_path / "none.gguf"))
        wrong = doctor.model(load_settings(_env_file=None, model_path=tmp_path / "note.gguf"))
        assert (missing.good, wrong.good) == (False, False)
        assert "No such file" in missing.words
        assert "no GGUF file" in wrong.words

    def test_the_demo_model_is_there(self) -> None:
        assert doctor.model(load_settings(_env_file=None)).good

    def test_it_does_not_make_the_database_it_looks_for(self, tmp_path: Path) -> None:
        check = doctor.database(load_settings(_env_file=None, data_dir=tmp_path))
        assert not check.good
        assert list(tmp_path.iterdir()) == []

    def test_a_database_that_does_not_answer_is_told(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        check = doctor.database(load_settings(_env_file=None, database_url=f"postgresql://u@127.0.0.1:{port}/h"))
        assert not check.good

    def test_node_is_new_enough_for_reflex(self) -> None:
        assert doctor.node().good


class TestServer:
    def test_a_taken_port_is_told(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            result = subprocess.run(
                [sys.executable, "-c", TAKE_PORT, port], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
            )
        assert f"HEARTH_PORT: 127.0.0.1:{port} cannot be used" in result.stderr

    def test_addresses(self) -> None:
        inside = load_settings(_env_file=None, host="127.0.0.1", port=4000, public_url="https://chat.example.org")
        assert [line.split()[-1] for line in server.addresses(inside)] == [
            "http://127.0.0.1:4000",
            "https://chat.example.org",
        ]
        assert "http://localhost:3000" in server.addresses(load_settings(_env_file=None))[0]


TAKE_PORT = """
import sys
from hearth_reflex.cli.server import serve
from hearth_reflex.settings import load_settings
serve(load_settings(host="127.0.0.1", port=int(sys.argv[1])))
"""


def test_migrate_makes_the_folder_and_the_database(tmp_path: Path) -> None:
    environ = {**os.environ, "HEARTH_DATA_DIR": str(tmp_path / "house"), "HEARTH_DATABASE_URL": ""}
    command = [sys.executable, "-m", "hearth_reflex.cli", "migrate"]
    result = subprocess.run(command, cwd=PROJECT_DIR, env=environ, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "house" / "hearth.db").is_file()


def test_a_bad_setting_is_refused_in_words() -> None:
    environ = {**os.environ, "HEARTH_PORT": "many"}
    command = [sys.executable, "-m", "hearth_reflex.cli", "doctor"]
    result = subprocess.run(command, cwd=PROJECT_DIR, env=environ, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "HEARTH_PORT: " in result.stderr
    assert "Traceback" not in result.stderr


def test_version_names_what_it_stands_on() -> None:
    result = CliRunner().invoke(app, ["version"])
    assert "reflex 0.10.1" in result.output
