"""The app, put together: house, socket, doors, API, pages. Composition only; nothing is decided here."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import reflex as rx
from reflex.utils.exec import is_prod_mode
from reflex.utils.prerequisites import get_web_dir

from hearth_reflex.api.app import make_api
from hearth_reflex.api.guard import Guard, built_hashes, content_policy
from hearth_reflex.bootstrap import chosen_house
from hearth_reflex.cli.migrations import upgrade
from hearth_reflex.components.boundary import boundary
from hearth_reflex.components.house import STYLESHEETS, head
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.page_build import HASHES_FILE
from hearth_reflex.pages import (
    document,
    home,
    join,
    library,
    login,
    lost,
    models,
    personas,
    register,
    room,
    settings,
    setup,
    starred,
    welcome,
)
from hearth_reflex.state.bus import SocketBus, make_socket_server
from hearth_reflex.state.doors import Gate, on_fault
from hearth_reflex.state.feeds import (
    BEAT_SECONDS,
    CHECK_SECONDS,
    LOOK_SECONDS,
    ROOMS_SECONDS,
    EngineWatch,
    PresenceWatch,
    RoomWatch,
    check_feeds,
)
from hearth_reflex.state.socket import use_socket_bus

house = chosen_house()

sio = make_socket_server(
    redis_url=house.settings.redis_url,
    origins=house.settings.origins,
    frame_limit=house.settings.frame_limit_bytes,
    frames=Buckets(rate=4 * house.settings.events_per_second, burst=4 * house.settings.events_burst),
)
sockets = SocketBus(sio)
use_socket_bus(sockets)
house.bus.add(sockets)


@asynccontextmanager
async def open_hours() -> AsyncIterator[None]:
    """From the first request to the last."""
    await asyncio.to_thread(upgrade)
    await house.start()
    gc.collect()
    gc.freeze()  # the app itself stays: a full collection over it held every stream up for 80 to 250 ms
    house.care.every(CHECK_SECONDS, "feeds", check_feeds)
    house.care.every(ROOMS_SECONDS, "rooms", RoomWatch(rooms=house.rooms, bus=sockets).look)
    house.care.every(LOOK_SECONDS, "presence", PresenceWatch(presence=house.presence, bus=sockets).look)
    house.care.every(BEAT_SECONDS, "presence_beat", house.presence.beat)
    engine = EngineWatch(engines=house.engines, tell=sockets.engine_changed)
    await engine.look()
    house.care.every(CHECK_SECONDS, "engine", engine.look)
    if token := await house.accounts.setup_token():
        base = house.settings.public_url or f"http://localhost:{house.settings.port}"
        sys.stdout.write(f"\nThe first admin account is made here (this link works once):\n  {base}/setup/{token}\n\n")
        sys.stdout.flush()
    try:
        yield
    finally:
        await house.close()


hashes = built_hashes(get_web_dir() / "build" / HASHES_FILE)
app = rx.App(
    sio=sio,
    stylesheets=STYLESHEETS,
    head_components=head(),
    html_lang=house.settings.default_locale,
    toaster=None,
    app_wraps={(1, "Boundary"): lambda _: boundary()},
    backend_exception_handler=on_fault,
    api_transformer=[
        make_api(),
        # In dev mode Vite serves the page and there is nothing to hash: no policy then.
        partial(
            Guard, policy=content_policy(hashes) if hashes or is_prod_mode() else "", origins=house.settings.origins
        ),
    ],
)
app.add_middleware(Gate())
app.register_lifespan_task(open_hours)

for page in (
    home,
    login,
    register,
    setup,
    join,
    room,
    starred,
    library,
    document,
    personas,
    models,
    settings,
    welcome,
    lost,
):
    app.add_page(page.page, route=page.ROUTE, title=page.TITLE, on_load=page.ON_LOAD)
