#!/usr/bin/env bash
# What documents point to is there: files and headings behind relative links,
# tools, flags and options that are named, files of the repository in code.
set -euo pipefail
cd "$MTLKIT_SOURCE_DIR"
problems=$(mktemp)
trap 'rm -f "$problems"' EXIT
documents=(README.md CHANGELOG.md docs/*.md docs/reference/*.md
  data-samples/*.md tests/golden/*.md)

# Headings as anchors: small letters, blanks as hyphens, no punctuation.
anchors() {
  sed -n 's/^#\{1,\} //p' "$1" | tr '[:upper:]' '[:lower:]' |
    sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

for document in "${documents[@]}"; do
  folder=$(dirname "$document")
  { grep -oE '\]\([^)]+\)' "$document" || true; } | sed 's/^](//; s/)$//' |
    while read -r link; do
      case $link in http*) continue ;; esac
      target=$document
      [ "${link%%#*}" = "" ] || target=$folder/${link%%#*}
      if [ ! -e "$target" ]; then
        echo "$document: the link $link leads nowhere"
      elif [ "$link" != "${link%#*}" ]; then
        anchors "$target" | grep -qxF -- "${link#*#}" ||
          echo "$document: $target has no heading for #${link#*#}"
      fi
    done
done >>"$problems"

# Flags: all that the reference knows; lines for other programs are left out.
known=$(grep -ohE -- '--[a-z][a-z-]+' docs/reference/*.md | sort -u)
for document in README.md CHANGELOG.md docs/*.md data-samples/*.md; do
  grep -vE '^#SBATCH|^ *(cmake|git|apt-get|srun) |sbatch |^ *after=' \
    "$document" |
    grep -oE -- '(^|[^-[:alnum:]])--[a-z][a-z-]+' | sed 's/^[^-]*//' |
    sort -u | while read -r flag; do
      grep -qxF -- "$flag" <<<"$known" ||
        echo "$document: no tool has a flag $flag"
    done || true
done >>"$problems"

# Files of the repository that are named in code spans. Of a pattern such as
# lib/nn/losses/x.cpp the folder has to be there.
for document in README.md docs/*.md; do
  { grep -oE '`(lib|tests|tools|docs|cmake|data-samples)/[A-Za-z0-9_./-]+`' \
    "$document" || true; } | tr -d '`' | sort -u | while read -r path; do
    case $path in */x.cpp) path=$(dirname "$path") ;; esac
    [ -e "$path" ] || echo "$document: there is no $path"
  done
done >>"$problems"

# The program that writes files elsewhere writes the version that is specified.
version=$(sed -n 's/.*version \*\*\(.*\)\*\*.*/\1/p' docs/file-format.md)
grep -qx "VERSION = '$version'" docs/file-format.md ||
  echo "docs/file-format.md: its program does not write version $version" \
    >>"$problems"

# Tools and make targets.
for document in README.md docs/*.md; do
  { grep -oE '\bmtl-[a-z]+\b' "$document" || true; } | sort -u |
    while read -r tool; do
      case $tool in mtl-h | mtl-bench) continue ;; esac
      [ -e "tools/${tool#mtl-}.cpp" ] || echo "$document: there is no $tool"
    done
  { grep -oE '`make [a-z-]+' "$document" || true; } | sort -u |
    while read -r _ target; do
      grep -qE "^$target:" Makefile ||
        echo "$document: there is no make $target"
    done
done >>"$problems"

cat "$problems"
[ ! -s "$problems" ]
