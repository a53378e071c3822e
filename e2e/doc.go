// Package e2e runs the emulator's browser side in a real Chromium: the flows of
// the card form under the stand-in for the web SDK and under the genuine one,
// the hosted page, 3-D Secure, the inspector and the example shop. It is a
// module of its own, so that its dependencies don't reach antom's. It holds
// nothing but tests.
//
// The browser is Debian's chromium, or the one that CHROMIUM names. Nothing
// leaves the machine: every name but 127.0.0.1 is made unknown to the browser.
package e2e
