"""`hearth serve` without the built page, which sockets and REST do not need: `python -m tests.backend`."""

from hearth_reflex.cli import server
from hearth_reflex.settings import load_settings

if __name__ == "__main__":
    server.SERVE_BUILT_PAGE.pop("__REFLEX_MOUNT_FRONTEND_COMPILED_APP")
    raise SystemExit(server.serve(load_settings()))
