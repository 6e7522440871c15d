# Short names for what one does while developing. `./hearth` alone is enough to run and test.

set positional-arguments

bin := justfile_directory() / ".venv/bin"
export PATH := bin + ":" + env_var("PATH")

# list the recipes
default:
    @just --list

# run the house
up *args:
    ./hearth up "$@"

# run it with reload
dev *args:
    ./hearth dev "$@"

# run the tests; arguments go to pytest
test *args:
    ./hearth test "$@"

# everything that reads the code without running it
lint: types
    ruff check .
    ruff format --check .
    lint-imports

types:
    pyright

# put the code into shape
fmt:
    ruff check --fix .
    ruff format .

# what must pass before a change is taken
ci:
    bash .ci/run

# a benchmark by name, as `just bench fanout --clients 100`
bench name *args:
    shift && python -m benchmarks.{{name}} "$@"
