#!/bin/sh
# Runs a shop's checkout test in CI: starts Antom's stand-in gateway, waits until
# it listens, hands the shop its settings, runs the test and stops the gateway.
#
#   sh run.sh                        the test beside this file
#   sh run.sh npm test               your own
#
# In the file of your CI that is one step, such as "run: sh ci/run.sh npm test".
# The exit code is the test's. Needs antom on the PATH, no account and no network.
set -eu

command -v antom >/dev/null || {
  echo "antom is not on the PATH" >&2
  exit 127
}
# Settings from outside, of another gateway say, are not for this run.
for name in $(env | sed -n 's/^\(ANTOM_[A-Z0-9_]*\)=.*/\1/p'); do
  unset "$name"
done

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
ANTOM_STATE_DIR=$work/state # keys and state of this run alone
export ANTOM_STATE_DIR

antom emulator serve --ready-file "$work/url" -o jsonl >"$work/emulator.jsonl" &
emulator=$!
stop() {
  kill -INT "$emulator" 2>/dev/null || true
  wait "$emulator" || echo "the emulator ended with $?" >&2
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT # a job that is cancelled leaves no gateway behind
trap 'exit 143' TERM

# The file is there, whole, once the gateway listens.
tries=0
until test -s "$work/url"; do
  kill -0 "$emulator" 2>/dev/null || exit 1 # it has said why
  tries=$((tries + 1))
  test "$tries" -lt 200 || { echo "the emulator is not ready after 10 seconds" >&2; exit 1; }
  sleep 0.05
done

# ANTOM_CLIENT_ID, ANTOM_PRIVATE_KEY, ANTOM_PUBLIC_KEY and ANTOM_GATEWAY_URL, as
# Antom's own templates read them.
antom emulator keys --write "$work/shop.env" --quiet
set -a
. "$work/shop.env"
set +a

if test "$#" -eq 0; then
  set -- sh "$here/checkout-test.sh"
fi
code=0
"$@" || code=$?
if test "$code" -ne 0; then
  echo "the checkout test ended with $code; what the gateway saw:" >&2
  cat "$work/emulator.jsonl" >&2
fi
exit "$code"
