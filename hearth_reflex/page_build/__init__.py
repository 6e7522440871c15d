"""What building the page adds to Reflex: fonts, fire, icons, the list of the service worker and the script hashes.

A plugin of Reflex, named in rxconfig.py. It knows the build; nothing of it runs in the house.
"""

import os
from pathlib import Path
from typing import Any

import reflex as rx

from hearth_reflex.page_build import fire
from hearth_reflex.page_build.policy import HASHES_FILE, write_hashes
from hearth_reflex.page_build.precache import write_precache

__all__ = ["HASHES_FILE", "PageBuild"]

FONTS = {
    "@fontsource-variable/noto-sans-kr": "5.3.1",
    "@fontsource/gowun-dodum": "5.3.0",
    "@fontsource-variable/jetbrains-mono": "5.3.0",
    "@fontsource/nanum-gothic-coding": "5.3.0",
}
VITE_CONFIG = "vite.config.js"


class PageBuild(rx.plugins.Plugin):
    """Brings in what the page carries with it, so that it never asks another host for anything."""

    def get_frontend_development_dependencies(self, **context: Any) -> tuple[str, ...]:
        # Needed to build alone: their styles and files go into the page, nothing of them runs.
        return tuple(f"{package}@{version}" for package, version in FONTS.items())

    def get_stylesheet_paths(self, **context: Any) -> tuple[str, ...]:
        return tuple(f"{package}/index.css" for package in FONTS)

    def pre_compile(self, **context: Any) -> None:
        # Straight into the served folder: assets/ is for what people wrote.
        public = Path.cwd() / os.environ.get("REFLEX_WEB_WORKDIR", ".web") / "public"
        _draw(public)
        context["add_modify_task"](VITE_CONFIG, files_stay_files)

    def post_build(self, **context: Any) -> None:
        """Runs before Reflex compresses the page, so the compressed siblings hold what is written here."""
        static_dir = Path(context["static_dir"])
        write_precache(static_dir)
        write_hashes(static_dir)


def files_stay_files(source: str) -> str:
    """No font as a data: URI in a style: the content policy allows fonts from the house itself alone."""
    if "assetsInlineLimit" in source:
        return source
    if source.count("build: {") != 1:
        raise ValueError(f"Reflex's {VITE_CONFIG} has changed: 'build: {{' is not there once")
    return source.replace("build: {", "build: {\n    assetsInlineLimit: 0,")


def _draw(public: Path) -> None:
    from hearth_reflex.media.icons import write_icons  # Pillow, which only a build needs here

    (public / "hearth").mkdir(parents=True, exist_ok=True)
    (public / "hearth" / "fire.svg").write_text(fire.sprite())
    (public / "hearth" / "flame.svg").write_text(fire.still())
    write_icons(public / "icons", fire.shapes(), canvas=(fire.WIDTH, fire.HEIGHT))
    (public / "icons" / "favicon.ico").replace(public / "favicon.ico")
