"""Documents that fail when they lie: names of settings, generated pages, links, commands, names of the code, tables."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from reflex_base.registry import RegistrationContext

from hearth_reflex import state
from hearth_reflex.api.app import make_api
from hearth_reflex.api.guard import content_policy
from hearth_reflex.api.rooms import MessageOut
from hearth_reflex.bootstrap import House, use_house
from hearth_reflex.cli import commands, server, settings_doc
from hearth_reflex.db.tables import TABLES
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import HearthError, SettingsError
from hearth_reflex.settings import Settings, environment_names
from hearth_reflex.state.doors import OF_REFLEX, policy_of

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hearth_reflex"
BROWSER = ROOT / "assets" / "hearth"
DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.ko.md")
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
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) + re.findall(r'<img src="([^"]+)"', text)
    files = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in files if not (page.parent / target).exists()] == []


# --- the reader's way in ---------------------------------------------------------------------------------------------


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_of_the_launcher_exist(page: Path) -> None:
    groups = {group.name for group in commands.app.registered_groups}
    known = (
        {"up", "dev", "test"}
        | groups
        | {
            command.name or (command.callback.__name__ if command.callback else "")
            for command in commands.app.registered_commands
        }
    )
    named = re.findall(r"\./hearth ([a-z][a-z-]*)", page.read_text(encoding="utf-8"))
    assert set(named) <= known


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_recipes_and_programs_of_a_readme_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    recipes = set(re.findall(r"^(\w+)[^:\n]*:(?!=)", (ROOT / "justfile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`just (\w+)", text)) <= recipes
    benchmarks = set(re.findall(r"`just bench (\w+)", text))
    assert [name for name in benchmarks if not (ROOT / "benchmarks" / f"{name}.py").exists()] == []


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_a_readme_shows_what_the_server_prints(page: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "lan_address", lambda: "192.0.2.10")
    (shown,) = blocks(page.read_text(encoding="utf-8"), "text")
    assert "\n".join(["Hearth is lit.", *server.addresses(settings), "Ctrl+C puts it out."]) in shown
    assert "Hearth is lit." in Path(server.__file__).read_text(encoding="utf-8")
    assert shown.splitlines()[0] in (PACKAGE / "hearth_reflex.py").read_text(encoding="utf-8")


def test_the_readmes_say_the_same() -> None:
    english, korean = (page.read_text(encoding="utf-8") for page in READMES)
    for pattern in (
        r"^```sh\n.*?^```",
        r"^(##) ",
        r"\]\(((?!README)[^)]+)\)",
        r"<img src=\"([^\"]+)",
        r"^\| (`[^|]+`) \|",
    ):
        flags = re.DOTALL | re.MULTILINE
        assert re.findall(pattern, english, flags) == re.findall(pattern, korean, flags)


# --- names of the code -----------------------------------------------------------------------------------------------


@cache
def python_names() -> dict[str, set[str]]:
    """Dotted module below the package, and each class by its name alone, to the names defined in it."""
    found: dict[str, set[str]] = {}
    for path in [*PACKAGE.rglob("*.py"), ROOT / "rxconfig.py"]:
        module = ".".join(path.relative_to(PACKAGE if PACKAGE in path.parents else ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found[module] = set(_defined(tree.body))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, set()).update(_defined(node.body))
    return found


def _defined(body: list[ast.stmt]) -> Iterable[str]:
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@cache
def browser_names() -> dict[str, set[str]]:
    """Each JavaScript class to its methods; "" to the functions of all files."""
    found: dict[str, set[str]] = {"": set()}
    for path in [*BROWSER.glob("*.js"), *BROWSER.glob("*.jsx")]:
        source = path.read_text(encoding="utf-8")
        found[""].update(re.findall(r"^(?:export )?(?:async )?function (\w+)", source, re.MULTILINE))
        for name, body in re.findall(
            r"^(?:export )?class (\w+)(?: extends \w+)? \{\n(.*?)^\}", source, re.DOTALL | re.MULTILINE
        ):
            found.setdefault(name, set()).update(
                re.findall(r"^  (?:async |get )?(\w+)(?:\(.*\) \{| = )", body, re.MULTILINE)
            )
    return found


def exists(name: str) -> bool:
    """Whether a name in backticks is there: a path, `module.function`, `Class.member`, `Class` or `function()`."""
    if "/" in name or re.search(r"\.(py|js|jsx|toml|md)$", name):
        return any((folder / name).exists() for folder in (ROOT, PACKAGE, DOCS))
    known, browser = python_names(), browser_names()
    if name.endswith("()"):
        return name[:-2] in browser[""] | set().union(*known.values())
    owner, _, member = name.rpartition(".")
    if not owner:
        return name in known or name in browser
    return member in known.get(owner, set()) | browser.get(owner, set())


NAME = re.compile(r"[A-Za-z_][\w./-]*\.(?:py|js|jsx|toml|md)|[\w.]+(?:/[\w.]+)+|[A-Za-z_]\w*(?:\.\w+)+|\w+\(\)")
CLASS = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+|Gate|Care|House")
NOT_OURS = {"hearth.db", "rx.SharedState", "hearth_reflex.llm.worker"}


@pytest.mark.parametrize(
    "page", ["architecture.md", "message-walk.md", *sorted(p.name for p in DOCS.glob("decisions/*"))]
)
def test_names_of_files_and_functions_exist(page: str) -> None:
    path = DOCS / page if (DOCS / page).exists() else DOCS / "decisions" / page
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    quoted = {name for name in re.findall(r"`([^`\n]+)`", text) if NAME.fullmatch(name) or CLASS.fullmatch(name)}
    assert quoted
    assert sorted(name for name in quoted - NOT_OURS if not exists(name)) == []


@pytest.mark.parametrize(
    "name",
    [
        "state/nowhere.py",
        "services.messages.nowhere",
        "Messages.nowhere",
        "RoomStore.nowhere",
        "nowhere()",
        "NoSuchThing",
        "nowhere.send",
    ],
)
def test_a_name_that_is_not_there_is_found(name: str) -> None:
    assert NAME.fullmatch(name) or CLASS.fullmatch(name)
    assert not exists(name)


def test_the_layers_shown_are_those_of_the_contract() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contract = re.search(r"^layers = \[\n(.*?)^\]", pyproject, re.DOTALL | re.MULTILINE)
    assert contract is not None
    layers = [set(re.split(r"\s*[|:]\s*", line)) for line in re.findall(r'"([^"]+)"', contract[1])]
    (diagram,) = blocks((DOCS / "architecture.md").read_text(encoding="utf-8"), "mermaid")
    shown = [label.removesuffix(": composition").split(" · ") for label in re.findall(r'\["([^"]+)"\]', diagram)]
    assert [{name.removesuffix(".py") for name in names} for names in shown] == layers


def test_every_table_of_the_database_stands_in_the_glossary() -> None:
    words = set(re.findall(r"`(\w+)`", (DOCS / "glossary.md").read_text(encoding="utf-8")))
    assert [table.__name__ for table in TABLES if table.__name__ not in words] == []


def test_classes_of_the_glossary_exist() -> None:
    words = set(re.findall(r"`([A-Z]\w+)`", (DOCS / "glossary.md").read_text(encoding="utf-8")))
    assert sorted(word for word in words if word not in python_names()) == []


def test_decisions_are_numbered_and_say_context_decision_and_consequences() -> None:
    papers = sorted((DOCS / "decisions").glob("*.md"))
    assert [paper.name[:4] for paper in papers] == [f"{number:04}" for number in range(1, len(papers) + 1)]
    for paper in papers:
        lines = paper.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"# {paper.name[:4]} ")
        assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
        assert 10 <= len(lines) <= 25, paper.name


# --- tables that the code must agree with ----------------------------------------------------------------------------


def rows(page: str, *head: str) -> list[list[str]]:
    """The rows of the table in docs/`page` that has this head; cells without backticks."""
    text = (DOCS / page).read_text(encoding="utf-8")
    first = f"| {' | '.join(head)} |"
    assert text.count(first) == 1, f"{page} has no single table {first}"
    lines = text[text.index(first) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def routes() -> set[tuple[str, str]]:
    """(method, path) of every route; the one that answers 404 for all the rest of /api is none."""
    contexts = list(iter_route_contexts(make_api().routes))
    return {
        (method, context.path or "")
        for context in contexts
        for method in (context.methods or set()) - {"HEAD"}
        if context.path != "/api/{rest:path}"
    }


def handlers() -> dict[str, str]:
    """`State.handler` to its policy, of all handlers behind a door."""
    for module in pkgutil.iter_modules(state.__path__, f"{state.__name__}."):
        importlib.import_module(module.name)
    found = RegistrationContext.get().event_handlers.items()
    return {
        f"{_state_name(name)}.{name.rpartition('.')[2]}": policy.value
        for name, registered in found
        if (policy := policy_of(registered.handler.fn)) and registered.handler.fn.__module__.startswith(state.__name__)
    }


def _state_name(full_name: str) -> str:
    return RegistrationContext.get().base_states[full_name.rpartition(".")[0]].__name__


def errors(root: type[HearthError] = HearthError) -> set[type[HearthError]]:
    return {root}.union(*(errors(kind) for kind in root.__subclasses__()))


def test_the_handlers_and_their_policies() -> None:
    told = [(handler, policy) for handler, policy in rows("security.md", "handler", "policy")]
    assert len(told) == len(set(told))
    assert dict(told) == handlers()


def test_the_events_of_reflex_that_pass() -> None:
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    sentence = re.search(r"Of Reflex's own these pass, because a page\s+does not load without them: ([^.]+)\.", text)
    assert sentence is not None
    assert set(re.findall(r"`(\w+)`", sentence[1])) == {name.rpartition(".")[2] for name in OF_REFLEX}


def test_the_roles() -> None:
    roles = (Role.GUEST, Role.MEMBER, Role.MODERATOR, Role.OWNER)
    told = rows("security.md", "permission", *roles)
    assert set(roles) == set(Role)
    assert told == [[p.value, *("yes" if may(role, p) else "no" for role in roles)] for p in Permission]


async def test_the_routes_that_need_no_session(house: House) -> None:
    use_house(house)
    api = make_api()
    public: set[tuple[str, str]] = set()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://house") as stranger:
        for method, path in routes():
            answer = await stranger.request(method, path, json={} if method == "POST" else None)
            if answer.status_code != 401:
                public.add((method, path))
    assert {(method, path) for method, path in rows("security.md", "method", "path")} == public


def test_the_limits() -> None:
    defaults = {names[0]: Settings.model_fields[field].default for field, names in environment_names().items()}
    for name, default, _ in rows("security.md", "setting", "default", "what it bounds"):
        assert default == str(defaults[name]), name


def test_the_content_policy() -> None:
    (shown,) = blocks((DOCS / "security.md").read_text(encoding="utf-8"), "text")
    assert "; ".join(shown.splitlines()) == content_policy(["sha256-…"])


def test_the_routes_of_the_api() -> None:
    told = [(method, path) for method, path, _ in rows("api.md", "method", "path", "what it does")]
    assert len(told) == len(set(told))
    assert set(told) == routes()


def test_the_fields_of_a_message() -> None:
    assert [field for field, _ in rows("api.md", "field", "what it is")] == list(MessageOut.model_fields)


def test_the_events_of_a_stream() -> None:
    source = (PACKAGE / "api" / "events.py").read_text(encoding="utf-8")
    sent = set(re.findall(r'\("((?:chat|ai)_\w+)", ', source))
    assert {event for event, _, _ in rows("api.md", "event", "when", "data")} == sent


def test_the_errors_of_the_api() -> None:
    told = [(int(status), code) for status, code, _ in rows("api.md", "status", "code", "meaning")]
    known = {(error.status, error.code) for error in errors() - {SettingsError}}
    assert set(told) <= known
    assert {status for status, _ in told} == {status for status, _ in known}
