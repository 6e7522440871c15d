"""Documents that fail when they lie: names of settings, generated pages, links."""

import re
from pathlib import Path

import pytest

from hearth_reflex.cli import settings_doc
from hearth_reflex.settings import Settings, environment_names

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
KNOWN_NAMES = {name for names in environment_names().values() for name in names}
TEST_NAMES = re.compile(r"HEARTH_TEST_[A-Z_]+")


def names_in(text: str) -> set[str]:
    found = set(re.findall(r"\bHEARTH_[A-Z0-9_]*[A-Z0-9]\b", text))
    return {name for name in found if not TEST_NAMES.fullmatch(name)}


def test_the_settings_page_is_what_the_settings_say() -> None:
    assert settings_doc.PATH.read_text(encoding="utf-8") == settings_doc.text(), "run ./hearth settings-doc"


def test_every_setting_stands_in_one_group_of_the_page() -> None:
    grouped = [name for names in settings_doc.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(Settings.model_fields)


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_example_file_names_only_settings_that_exist() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    names = {match[1] for line in lines if (match := re.match(r"#?([A-Z][A-Z0-9_]+)=", line))}
    assert names
    assert names <= KNOWN_NAMES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_settings_that_exist(page: Path) -> None:
    assert names_in(page.read_text(encoding="utf-8")) <= KNOWN_NAMES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    files = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in files if not (page.parent / target).exists()] == []
