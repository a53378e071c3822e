#!/bin/sh
# A shop's checkout test. The shop is played by antom itself, with the settings
# that run.sh has put into the environment; in your own test it is your own code.
set -eu

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# checkout makes a session, as the shop does when the buyer presses "pay".
checkout() {
  antom session create --amount "$1" --currency SGD --redirect-url https://shop.example/paid --notify-url http://127.0.0.1:9/notify --quiet
}

# A payment that succeeds; its capture follows a second later.
order=$(checkout 42.00)
antom emulator pay "$order" --processing 0s --quiet >/dev/null
test "$(antom payment wait "$order" --quiet)" = SUCCESS || fail "order $order is not paid"
test "$(antom capture wait "$order" --interval 200ms --timeout 30s --quiet)" = SUCCESS || fail "order $order is not captured"

# A card that is declined.
order=$(checkout 42.00)
antom emulator pay "$order" --card 4054692760174822 --processing 0s --quiet >/dev/null
antom payment wait "$order" --expect FAIL --quiet >/dev/null || fail "the declined card was taken"

# An answer that is lost on its way: the shop asks again.
antom emulator fault add inquiryPayment:1=lost-answer --quiet >/dev/null
antom payment wait "$order" --expect FAIL --interval 50ms --quiet >/dev/null || fail "the shop gave up"
test "$(antom emulator fault list -o json --jq '.[0].struck')" = 1 || fail "the fault struck nothing"

echo "ok: paid, declined, asked again"
