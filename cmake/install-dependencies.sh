#!/bin/sh
# Installs the Debian packages that the build and the tests need and that are
# missing, and says what and why. `--list` prints their names and stops.
set -eu

# One line a package: its name, then what it is for.
packages() {
  cat <<'LIST'
g++ the C++20 compiler
cmake the build system
make runs the Makefile
pkg-config finds libraries
libeigen3-dev linear algebra
libhdf5-dev the file format (serial library)
libaec-dev compression that HDF5 links with
libcli11-dev command lines
nlohmann-json3-dev JSON
libhwy-dev vector instructions of each processor
nettle-dev SHA-256
zlib1g-dev reads gzip
liblzma-dev reads xz
libbz2-dev reads bzip2
libzstd-dev reads zstd
libpng-dev reads PNG
libjpeg62-turbo-dev reads JPEG
doctest-dev the tests
python3 independent computations in the tests
LIST
}

names() { packages | cut -d ' ' -f 1; }

if [ "${1:-}" = --list ]; then
  names
  exit 0
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "mtlkit: this is no Debian: install what corresponds to these packages"
  packages | sed 's/^/  /'
  exit 0
fi

is_installed() {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok inst'
}

missing=
for name in $(names); do
  # A tool that is there already, whatever it came from, is good enough.
  case $name in
    g++ | cmake | make | python3) command -v "$name" >/dev/null && continue ;;
  esac
  is_installed "$name" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

echo "mtlkit: these packages are missing and will be installed by apt-get:"
for name in $missing; do packages | grep "^$name " | sed 's/^/  /'; done

root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "mtlkit: that needs root; as root, run: apt-get install -y$missing" >&2
    exit 1
  fi
  root=sudo
fi
$root apt-get update -q
# shellcheck disable=SC2086  # a list of words is meant
$root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends $missing
