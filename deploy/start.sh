#!/bin/sh
# Numba needs a folder it may write to, even where it only reads: copy what was compiled at build, then become the server.
set -eu
umask 077
mkdir -p "$NUMBA_CACHE_DIR"
cp -Rp "${NEXTQUERY_COMPILED:-/opt/kernels}/." "$NUMBA_CACHE_DIR/"
exec "$@"
