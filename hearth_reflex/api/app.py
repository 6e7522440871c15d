"""The REST side as one FastAPI app; Reflex mounts itself behind it, so all is one port."""

from fastapi import APIRouter, FastAPI

from hearth_reflex.api import (
    answers,
    citations,
    document_events,
    documents,
    events,
    files,
    generate,
    health,
    history,
    invites,
    llm,
    manners,
    me,
    messages,
    models,
    personas,
    pictures,
    problems,
    rag_generate,
    retrieval,
    rooms,
    search,
    seats,
    session,
    sights,
    tokens,
    usage,
)
from hearth_reflex.errors import NotFoundError

BODY_LIMIT = 1_000_000  # bytes: far more than any form, far less than would hurt


def make_api() -> FastAPI:
    """Routes under /api, with and without the last slash; /healthz and /readyz beside it."""
    app = FastAPI(
        title="Hearth", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json", redirect_slashes=False
    )
    problems.install(app)
    inner = APIRouter(prefix="/api")
    for module in (
        session,
        me,
        rooms,
        seats,
        invites,
        messages,
        manners,
        answers,
        history,
        sights,
        search,
        retrieval,
        rag_generate,
        citations,
        events,
        llm,
        models,
        files,
        documents,
        document_events,
        pictures,
        personas,
        tokens,
        usage,
    ):
        inner.include_router(module.router)
    app.include_router(inner, max_body_size=BODY_LIMIT)
    app.include_router(me.uploads, prefix="/api")
    app.include_router(models.uploads, prefix="/api")
    app.include_router(files.uploads, prefix="/api")
    app.include_router(documents.uploads, prefix="/api")
    app.include_router(generate.router, prefix="/api", max_body_size=generate.BODY_LIMIT)
    app.include_router(personas.uploads, prefix="/api")
    app.include_router(health.router)
    app.add_api_route(
        "/api/{rest:path}", unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    return app


async def unknown(rest: str) -> None:
    """Nothing of Reflex's lies under /api: what is not a route there is not found, in the house's own words."""
    raise NotFoundError
