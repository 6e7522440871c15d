"""Entry point: runs a command and puts a refusal to start into plain words."""

import sys

import typer

from hearth_reflex.cli.commands import app
from hearth_reflex.errors import SettingsError


def main() -> None:
    try:
        app()
    except SettingsError as error:
        typer.secho(f"Hearth cannot start like this:\n{error.reason}", fg="red", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
