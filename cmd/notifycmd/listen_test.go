package notifycmd

import (
	"net"
	"net/url"
	"testing"
)

// A listener recognises all names of its own address, and no other address.
func TestIsOwn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		target, listener string
		own              bool
	}{
		{"http://127.0.0.1:4242", "127.0.0.1:4242", true},
		{"http://localhost:4242/hook", "127.0.0.1:4242", true},
		{"http://LOCALHOST:4242", "[::1]:4242", true},
		{"http://[::1]:4242", "127.0.0.1:4242", true},
		{"http://0.0.0.0:4242", "127.0.0.1:4242", true},
		{"http://127.0.0.1:4242", "0.0.0.0:4242", true},
		{"http://127.0.0.1:4242", "[::]:4242", true},
		{"http://127.0.0.1", "127.0.0.1:80", true},
		{"https://127.0.0.1", "127.0.0.1:443", true},
		{"http://127.0.0.1:3000", "127.0.0.1:4242", false},
		{"http://127.0.0.2:4242", "127.0.0.1:4242", false},
		{"http://192.0.2.1:4242", "0.0.0.0:4242", false},
		{"http://shop.example:4242", "127.0.0.1:4242", false},
	}
	for _, test := range tests {
		to, err := url.Parse(test.target)
		if err != nil {
			t.Fatal(err)
		}
		listener, err := net.ResolveTCPAddr("tcp", test.listener)
		if err != nil {
			t.Fatal(err)
		}
		if got := isOwn(to, listener); got != test.own {
			t.Errorf("isOwn(%s, %s) = %t, want %t", test.target, test.listener, got, test.own)
		}
	}
}
