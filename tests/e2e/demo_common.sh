# What demonstrations begin with: every command is echoed and can be copied. The
# tools are found on PATH. Source it with the folder of the outputs, which it
# makes, with the samples in it, and enters.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$1
cd "$root"
mkdir -p "$folder"
start=$(date +%s)

say() { printf '\n== %s\n' "$*"; }
run() {
  printf '\n$ %s\n' "$*"
  eval "$*"
}

printf '$ export PATH=%s:$PATH; cd %s\n' \
  "$(dirname "$(command -v mtl-train)")" "$folder"
cd "$folder"
ln -sfn "$root/data-samples" data-samples
