"""The launcher's decisions. What it installs and starts is tried out by running it."""

import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("hearth_launcher", str(ROOT / "hearth"))
    spec = importlib.util.spec_from_loader("hearth_launcher", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def only(*names: str):
    """A `which` for a machine that has these programs and no others."""
    return lambda name: f"/usr/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("version", "enough"),
    [((3, 10, 14), False), ((3, 11, 0), True), ((3, 12, 1), True), ((4, 0), True), ((2, 7), False)],
)
def test_which_pythons_are_new_enough(launcher: ModuleType, version: tuple[int, ...], enough: bool) -> None:
    assert launcher.is_new_enough(version) is enough


def test_a_newer_python_is_looked_for_by_name(launcher: ModuleType) -> None:
    assert launcher.find_newer_python(only("python3.11", "python3.12")) == "/usr/bin/python3.12"
    assert launcher.find_newer_python(only("python3")) is None


@pytest.mark.parametrize(
    ("programs", "environ", "there"),
    [
        (("gcc", "g++"), {}, True),
        (("cc", "clang++"), {}, True),
        (("gcc",), {}, False),
        ((), {}, False),
        (("gcc", "g++"), {"CC": "icc"}, False),
        (("ccache", "g++"), {"CC": "ccache gcc"}, True),
        (("gcc", "g++"), {"CC": " "}, True),
    ],
)
def test_compilers_are_found(
    launcher: ModuleType, programs: tuple[str, ...], environ: dict[str, str], there: bool
) -> None:
    assert launcher.has_compilers(environ, only(*programs)) is there


def test_browsers_are_found_in_order(launcher: ModuleType) -> None:
    assert launcher.find_browsers(only("google-chrome", "chromium")) == ["/usr/bin/chromium", "/usr/bin/google-chrome"]
    assert launcher.find_browsers(only("firefox")) == []


class TestStamps:
    @pytest.fixture
    def files(self, tmp_path: Path) -> list[Path]:
        files = [tmp_path / "requirements.txt", tmp_path / "requirements-dev.txt"]
        for file in files:
            file.write_text(f"{file.name}\n")
        return files

    def test_nothing_is_stamped_at_first(self, launcher: ModuleType, files: list[Path], tmp_path: Path) -> None:
        assert not launcher.is_stamped(launcher.stamps(files, tmp_path, (3, 11)))

    def test_after_development_there_is_nothing_to_do_for_running(
        self, launcher: ModuleType, files: list[Path], tmp_path: Path
    ) -> None:
        for stamp, digest in launcher.stamps(files, tmp_path, (3, 11)).items():
            stamp.write_text(digest)
        assert launcher.is_stamped(launcher.stamps(files, tmp_path, (3, 11)))
        assert launcher.is_stamped(launcher.stamps(files[:1], tmp_path, (3, 11)))

    @pytest.mark.parametrize("changed", [0, 1])
    def test_a_changed_file_is_noticed(
        self, launcher: ModuleType, files: list[Path], tmp_path: Path, changed: int
    ) -> None:
        for stamp, digest in launcher.stamps(files, tmp_path, (3, 11)).items():
            stamp.write_text(digest)
        files[changed].write_text("another\n")
        assert not launcher.is_stamped(launcher.stamps(files, tmp_path, (3, 11)))

    def test_another_python_is_noticed(self, launcher: ModuleType, files: list[Path], tmp_path: Path) -> None:
        for stamp, digest in launcher.stamps(files, tmp_path, (3, 11)).items():
            stamp.write_text(digest)
        assert not launcher.is_stamped(launcher.stamps(files, tmp_path, (3, 12)))


def test_options_become_settings_and_the_rest_is_passed_through(launcher: ModuleType) -> None:
    environ = launcher.house_environment({"PATH": "/bin", "HEARTH_N_CTX": "2048"}, port=4000)
    assert environ["HEARTH_PORT"] == "4000"
    assert environ["HEARTH_N_CTX"] == "2048"
    assert "HEARTH_HOST" not in environ
    assert environ["PATH"].split(os.pathsep) == [str(ROOT / ".venv/bin"), "/bin"]


def test_an_option_wins_over_the_environment(launcher: ModuleType) -> None:
    options = launcher.read_options("up", ["--port", "4001", "--host", "127.0.0.1"])
    environ = launcher.house_environment({"HEARTH_PORT": "4000"}, port=options.port, host=options.host)
    assert (environ["HEARTH_PORT"], environ["HEARTH_HOST"]) == ("4001", "127.0.0.1")


def test_a_step_that_is_stopped_takes_its_children_along(launcher: ModuleType, tmp_path: Path) -> None:
    script = tmp_path / "starts_another.py"
    script.write_text(
        "import os, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pid.part')!r}, 'w').write(str(child.pid))\n"
        f"os.rename({str(tmp_path / 'pid.part')!r}, {str(tmp_path / 'pid')!r})\n"
        "child.wait()\n"
    )

    def stop_when_running(*_: object) -> None:
        if (tmp_path / "pid").exists():
            raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, stop_when_running)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        with pytest.raises(KeyboardInterrupt):
            launcher.run([sys.executable, script])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert has_ended(int((tmp_path / "pid").read_text()))


def has_ended(pid: int) -> bool:
    """Within five seconds. An orphan that nobody reaps yet has ended all the same."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("args", [[], ["--help"]])
def test_it_says_how_it_is_used(args: list[str]) -> None:
    result = subprocess.run([str(ROOT / "hearth"), *args], capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert all(f"\n  {name} " in result.stdout for name in ("up", "dev", "test"))


def test_it_stands_on_the_standard_library_alone(launcher: ModuleType) -> None:
    result = subprocess.run([sys.executable, "-I", "-S", str(ROOT / "hearth")], capture_output=True, check=False)
    assert result.returncode == 0
