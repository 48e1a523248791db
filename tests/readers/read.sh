#!/usr/bin/env bash
# Reads fresh exports with the libraries that users read them with. See README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."

heavy=() must=""
for argument in "$@"; do
  case $argument in
    --heavy) heavy=(--heavy) ;;
    --must) must=yes ;;
    *) echo "unknown argument: $argument; there are --heavy and --must" >&2; exit 2 ;;
  esac
done

work=target/readers
mkdir -p "$work"

install() {  # install FILE [PIP OPTIONS]: the packages in FILE, once for each version of it
  local file=tests/readers/$1 stamp
  stamp=$work/$1.$(sha256sum "$file" | cut -c1-16).installed
  shift
  if [ ! -e "$stamp" ]; then
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$@" -r "$file" || return 1
    touch "$stamp"
  fi
}

if ! { [ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"; } || ! install light.txt; then
  echo "skipped: the readers' packages cannot be installed (are python3 and PyPI there?)" >&2
  [ -z "$must" ] || exit 1
  exit 0
fi
if [ ${#heavy[@]} -gt 0 ]; then
  install heavy.txt
  install heavy-nodeps.txt --no-deps --ignore-requires-python
  # Older versions for single readers, each in a folder that is laid over the rest.
  install heavy-llamafactory.txt --no-deps --target "$work/llamafactory"
  install heavy-prm.txt --no-deps --target "$work/prm"
fi

cargo build --locked --features parquet
rm -rf "$work/runs"
READERS_WORK=$PWD/$work PYTHONPATH=$PWD/tests/readers HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 TOKENIZERS_PARALLELISM=false \
  "$work/venv/bin/python" -m readers --parquet "${heavy[@]}" \
  --autosafe "${CARGO_TARGET_DIR:-target}/debug/autosafe" --work "$work/runs"
