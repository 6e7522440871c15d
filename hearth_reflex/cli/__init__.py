"""The operator's commands: `python -m hearth_reflex.cli`, or `./hearth COMMAND`.

Knows settings, files and processes. Imports no Reflex: the app is named to the server by its path.
"""
