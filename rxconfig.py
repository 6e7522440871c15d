"""What Reflex is told about this house: the toolchain, the port, the origins and how the page finds its server.

Reflex imports this file by name from the project's folder, in every process it starts.
"""

import os
import sys
from pathlib import Path
from typing import Any

from hearth_reflex.settings import load_settings

settings = load_settings()


def use_own_node() -> None:
    """Build the page with the Node of this environment.

    Without it Reflex looks for Bun and, finding none, fetches one. `reflex.lock/` holds npm's lockfile, so npm it is,
    for everybody; whoever sets REFLEX_USE_NPM=0 chooses for themselves.
    """
    own_bin = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "").split(os.pathsep)
    if path[0] != own_bin:
        os.environ["PATH"] = os.pathsep.join([own_bin, *path])
    os.environ.setdefault("REFLEX_USE_NPM", "1")


def set_reflex_knobs() -> None:
    """Knobs that Reflex reads from the environment alone."""
    os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")  # nothing phones home
    os.environ.setdefault("REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE", str(settings.frame_limit_bytes))


use_own_node()
set_reflex_knobs()

# The environment above is read when Reflex is imported.
import reflex as rx  # noqa: E402

from hearth_reflex.page_build import PageBuild  # noqa: E402

STATE_JS = "utils/state.js"
VITE_CONFIG = "vite.config.js"
PROXIED = ("/_event", "/ping", "/api", "/healthz", "/readyz")


class OnePort(rx.plugins.Plugin):
    """The page talks to the address it came from, whatever port, scheme or proxy that is.

    Reflex bakes the server's port into the page. With the page's own port instead, one built page serves any port, a
    container's mapped one and HTTPS on an odd one; in dev mode Vite hands on what is meant for the server.
    """

    def pre_compile(self, **context: Any) -> None:
        context["add_modify_task"](STATE_JS, use_page_port)
        context["add_modify_task"](VITE_CONFIG, proxy_to_server)


def use_page_port(source: str) -> str:
    follows = "endpoint.hostname = frontend_hostname;\n    endpoint.port = window.location.port;"
    if follows in source:
        return source
    source = _swap(source, "endpoint.hostname = frontend_hostname;", follows)
    return _swap(source, 'endpoint.port = ""; // Assume websocket is on https port via load balancer.', "")


def proxy_to_server(source: str) -> str:
    target = rx.config.get_config().api_url
    rules = "".join(f'"{path}": {{ target: "{target}", ws: true }}, ' for path in PROXIED)
    return source if "proxy:" in source else _swap(source, "server: {", f"server: {{\n    proxy: {{ {rules}}},")


def _swap(source: str, old: str, new: str) -> str:
    # A silent miss would give a page that looks for its server at the wrong port.
    if source.count(old) != 1:
        raise RuntimeError(f"Reflex's page template has changed: {old!r} is there {source.count(old)} times, not once")
    return source.replace(old, new)


THEME = rx.theme(
    accent_color="bronze", gray_color="sand", radius="large", panel_background="solid", has_background=False
)

config = rx.Config(
    app_name="hearth_reflex",
    telemetry_enabled=False,
    frontend_packages=["remend@1.4.0"],  # closes the open marks of an answer that still grows (assets/hearth/store.js)
    show_built_with_reflex=False,
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    transport="websocket",
    backend_host=settings.host,
    frontend_port=settings.port,
    # Never "*". A request whose Origin names its own Host needs no entry here: it is let in by the app itself.
    cors_allowed_origins=[*settings.origins, f"http://localhost:{settings.port}", f"http://127.0.0.1:{settings.port}"],
    plugins=[rx.plugins.RadixThemesPlugin(theme=THEME), OnePort(), PageBuild()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
