"""The commands and their options. Each does one call into its neighbour module and prints what came of it."""

import os
from typing import Annotated

import typer

from hearth_reflex.cli import doctor as checks
from hearth_reflex.cli import migrations, page, server, settings_doc
from hearth_reflex.settings import load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Hearth: a room to talk in, with an AI of its own.")


@app.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    settings = load_settings()
    settings.make_data_dir()
    migrations.upgrade()
    typer.echo("The database is up to date.")


@app.command()
def build(force: Annotated[bool, typer.Option(help="Build even if no source has changed.")] = False) -> None:
    """Build the page, if a source has changed since it was built."""
    if not force and page.is_current():
        typer.echo("The page is built and up to date.")
        return
    typer.echo("Building the page (20 to 90 seconds; the first time npm fetches its packages) ...")
    if not page.build():
        typer.secho("The page could not be built; what npm or Vite said stands above.", fg="red", err=True)
        raise typer.Exit(1)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of HEARTH_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port, instead of HEARTH_PORT.")] = None,
) -> None:
    """Serve the built page, the API and the socket on one port, until Ctrl+C or SIGTERM."""
    # By way of the environment, so that every part of the app sees the same.
    os.environ.update({name: str(value) for name, value in (("HEARTH_HOST", host), ("HEARTH_PORT", port)) if value})
    settings = load_settings()
    if not page.is_built():
        typer.secho("There is no built page yet: run `./hearth build` first.", fg="red", err=True)
        raise typer.Exit(1)
    raise typer.Exit(server.serve(settings))


@app.command("settings-doc")
def write_settings_doc() -> None:
    """Write docs/settings.md from the settings."""
    settings_doc.PATH.write_text(settings_doc.text(), encoding="utf-8")
    typer.echo(f"Written: {settings_doc.PATH}")


@app.command()
def doctor() -> None:
    """Look at what Hearth needs and say what is amiss."""
    found = checks.examine(load_settings())
    for check in found:
        typer.secho(f"{'ok  ' if check.good else 'BAD '} {check.name}: {check.words}", fg=None if check.good else "red")
    if not all(check.good for check in found):
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Print the versions of Hearth and of what it stands on."""
    for name, number in checks.versions():
        typer.echo(f"{name} {number}")
