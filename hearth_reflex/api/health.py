"""How the house is: for people, for load balancers. No message, name or key is ever in it."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from hearth_reflex.api.caller import Caller, TheHouse, unknown_caller_pace

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request, home: TheHouse, response: Response) -> dict[str, str]:
    """The database answers too; 503 when it does not. A house without a model is ready: people can talk."""
    unknown_caller_pace(request, home)
    if await home.database_answers():
        return {"status": "ok", "database": "ok", "engine": (await home.engines.health()).status}
    response.status_code = 503  # which model should speak is not known either
    return {"status": "unavailable", "database": "unreachable", "engine": "unknown"}


@router.get("/api/health")
async def engine_health(actor: Caller, home: TheHouse) -> dict[str, Any]:
    """The engine's figures and settings, for those who are signed in."""
    return {"engine": asdict(await home.engines.health())}
