"""The commands and their options. Each does one call into its neighbour module and prints what came of it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from hearth_reflex.cli import doctor as checks
from hearth_reflex.cli import index as meanings
from hearth_reflex.cli import migrations, page, server, settings_doc
from hearth_reflex.cli import models as model_files
from hearth_reflex.errors import HearthError
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
def compact() -> None:
    """Tidy the index of meanings and put right what it says otherwise than the database, while the house is closed."""
    try:
        health = meanings.compact(load_settings())
    except meanings.HouseIsOpenError:
        typer.echo("The house is open: it does that by itself.")
        raise typer.Exit(1) from None
    except HearthError as error:
        raise _refused(error) from error
    typer.echo(f"Tidied: {meanings.words_of(health).partition(';')[0]}.")


@app.command()
def version() -> None:
    """Print the versions of Hearth and of what it stands on."""
    for name, number in checks.versions():
        typer.echo(f"{name} {number}")


models = typer.Typer(invoke_without_command=True, help="List the model files of the house, add one, or fetch one.")
app.add_typer(models, name="models")


@models.callback()
def list_models(context: typer.Context) -> None:
    """List the model files of the house."""
    if context.invoked_subcommand is not None:
        return
    for line in model_files.found(load_settings()):
        typer.secho(f"{line.name}: {line.trouble or line.words}", fg="red" if line.trouble else None)


@models.command("add")
def add_model(path: Annotated[Path, typer.Argument(help="A GGUF file.")]) -> None:
    """Take a file into the house's folder of models."""
    try:
        names = model_files.add(load_settings(), path)
    except HearthError as error:
        raise _refused(error) from error
    typer.echo(f"It is here: {', '.join(names)}")


@models.command("pull")
def pull_model(
    repo: Annotated[str, typer.Argument(help="Repository of the hub, as owner/name.")],
    file: Annotated[str, typer.Argument(help="A GGUF file in it.")],
    revision: Annotated[str, typer.Option(help="Branch, tag or commit.")] = "main",
) -> None:
    """Fetch a model from the hub, or go on with a fetch that was cut."""
    try:
        name = model_files.pull(load_settings(), repo, file, revision, told=model_files.Told())
    except HearthError as error:
        raise _refused(error) from error
    typer.echo(f"\nIt is here: {name}")


def _refused(error: HearthError) -> typer.Exit:
    typer.secho(model_files.in_words(error), fg="red", err=True)
    return typer.Exit(1)
