"""The shape of the house: who may import whom, and how large a module may grow. pyproject.toml holds the contracts."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hearth_reflex"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 350


LAYERS = "Skip down freely, never up"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_import_contracts_are_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("domain/intruder.py", "import hearth_reflex.services.access", LAYERS),
        ("llm/intruder.py", "import hearth_reflex.db.database", LAYERS),
        ("unheard_of.py", "", LAYERS),
        ("services/intruder.py", "import reflex", "Only the front rooms"),
        ("services/intruder.py", "import llama_cpp", "Only llm knows"),
        ("llm/intruder.py", "import lancedb", "Only rag knows"),
        ("api/intruder.py", "import PIL", "Only media and rag"),
        ("state/intruder.py", "import sqlmodel", "Only db and services"),
        ("services/intruder.py", "import hearth_reflex.settings", "Only bootstrap and cli"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "hearth_reflex", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "hearth_reflex" / module).write_text(f"{line}\n")
    verdicts = [text for text in lint_imports(tmp_path).stdout.splitlines() if text.endswith(("BROKEN", "KEPT"))]
    assert [verdict for verdict in verdicts if verdict.startswith(contract) and verdict.endswith("BROKEN")] != []


def test_the_migrations_folder_does_not_hide_the_package_of_its_name() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_is_a_room(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_LINES, "split it by subject"
    if source.strip():
        assert ast.get_docstring(ast.parse(source)), "say at the head what it knows and what it does not"
