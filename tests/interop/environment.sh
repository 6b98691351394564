#!/usr/bin/env bash
# usage: environment.sh light|full|oldest FOLDER
# Makes an environment of Python with other programs, FOLDER/interop-NAME, unless
# it is there, and prints its Python. Ends with 77 where there can be none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=$2/interop-$1
if ! [ -e "$venv/ready" ]; then
  echo "installing other programs into $venv (once)" >&2
  if ! { mkdir -p "$2" && python3 -m venv "$venv" &&
    "$venv/bin/pip" install --quiet -r "$here/requirements-$1.txt"; } >&2; then
    echo "skipped: other programs cannot be installed here" >&2
    exit 77
  fi
  touch "$venv/ready"
fi
echo "$venv/bin/python"
