#!/bin/sh
# Installs what is missing to build and test cordon: Debian packages, then the grammars and the tree-sitter core from
# npm. Says what it installs before it does. Where nothing is missing it installs nothing and needs no privilege.
set -eu
cd "$(dirname "$0")/.."

# package:probe - the probe is a command, a pkg-config module (pc:NAME), or a file (starting with /).
packages='
gcc:gcc
libc6-dev:/usr/include/stdlib.h
musl-tools:musl-gcc
meson:meson
ninja-build:ninja
pkg-config:pkg-config
git:git
python3:/usr/bin/python3
libpcre2-dev:pc:libpcre2-8
libyaml-dev:pc:yaml-0.1
libjansson-dev:pc:jansson
libseccomp-dev:pc:libseccomp
nettle-dev:pc:nettle
libssl-dev:pc:openssl
libsqlite3-dev:pc:sqlite3
libutf8proc-dev:pc:libutf8proc
libmicrohttpd-dev:pc:libmicrohttpd
libcmocka-dev:pc:cmocka
libxml2-utils:xmllint
bubblewrap:bwrap
bats:bats
pre-commit:pre-commit
scdoc:scdoc
zsh:zsh
fish:fish
util-linux:setpriv
procps:pgrep
openssl:openssl
nodejs:node
libnode-dev:/usr/include/node/node_api.h
npm:npm
clang:clang
abigail-tools:abidiff
clang-format:clang-format
libclang-rt-14-dev:/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a
python3-jsonschema:/usr/lib/python3/dist-packages/jsonschema/__init__.py
curl:curl
python3-pip:/usr/bin/pip3
python3-requests:/usr/lib/python3/dist-packages/requests/__init__.py
python3-pytest:/usr/lib/python3/dist-packages/pytest/__init__.py
python3-yaml:/usr/lib/python3/dist-packages/yaml/__init__.py
'

has() {
    case $1 in
    pc:*) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "${1#pc:}" ;;
    /*) test -e "$1" ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing=
for line in $packages; do
    has "${line#*:}" || missing="$missing ${line%%:*}"
done

if [ -n "$missing" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "cordon: missing packages:$missing" >&2
        echo "cordon: install them as root: apt-get update && apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "cordon: missing, and there is no apt-get to install them:$missing" >&2
        exit 1
    fi
    echo "cordon: installing Debian packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# FOLDER WHAT - what its lock file names, from npm: sources only, no script of theirs is run.
npm_install() {
    stamp=$1/node_modules/.cordon-lock
    cmp -s "$1/package-lock.json" "$stamp" && return
    if [ -e "$1/node_modules" ] && [ ! -w "$1/node_modules" ]; then
        echo "cordon: $1/node_modules is not this user's: remove it, or run as its owner" >&2
        exit 1
    fi
    echo "cordon: installing from npm (sources only, no scripts): $2"
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$1/package-lock.json" "$stamp"
}
npm_install grammars "the tree-sitter core and the grammars"
npm_install tests/mcp "the official clients of the Model Context Protocol, for a test"
npm_install tests/schemas 'published schemas for tests'
