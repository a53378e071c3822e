// Package emulator is the stand-in for Antom's gateway: an http.Handler that
// checks and signs like the real one, as far as Antom's pages and the behaviour
// of its SDKs tell. It is what the built-in profile talks to, in the same
// process and without a port.
//
// State is a function of what is stored and of the clock: nothing happens in the
// background. What Antom does not document is marked INF where it is decided.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// What the emulator's merchant is called and where it is (INF). The client id is
// one of the sandbox, so that clients use the sandbox path.
const (
	clientID    = "SANDBOX_5XEMULATOR00001"
	gatewayURL  = "http://emulator.localhost"
	notifyURL   = "http://127.0.0.1:4242/antom/notify"
	redirectURL = "http://127.0.0.1:4242/paid"
)

// Times of the card flow.
const (
	// DefaultProcessing is how long a payment stays PROCESSING (INF; SEED: the
	// notification comes 3 to 5 s after the payment).
	DefaultProcessing = 3 * time.Second
	captureDelay      = time.Second        // from the payment's success to the automatic capture's (INF)
	sessionLife       = time.Hour          // default and longest life of a session (G24)
	authorisationLife = 7 * 24 * time.Hour // after it no capture (DOC cashierpay/capture)
)

// Emulator is a gateway with its keys and its state in one folder, which several
// processes may share.
type Emulator struct {
	dir    string
	now    func() time.Time
	logger *slog.Logger
	store  *store
	keys   keys
}

// Options change how an emulator is opened.
type Options struct {
	Now    func() time.Time
	Logger *slog.Logger
}

// Profile is what a merchant needs to call the emulator.
type Profile struct {
	ClientID    string
	GatewayURL  string
	NotifyURL   string
	RedirectURL string
	MerchantKey *sign.PrivateKey
	AntomKey    *sign.PublicKey
}

// Open opens the emulator whose state is in dir, and makes its keys at the first
// use. The state file is held open only during each transaction.
func Open(dir string, options Options) (*Emulator, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the emulator's folder: %w", err)
	}
	made, err := loadKeys(dir)
	if err != nil {
		return nil, err
	}
	return &Emulator{
		dir: dir, now: options.Now, logger: options.Logger, keys: made,
		store: &store{path: filepath.Join(dir, "state.db")},
	}, nil
}

// Profile returns what a merchant needs to call the emulator.
func (e *Emulator) Profile() Profile {
	return Profile{
		ClientID: clientID, GatewayURL: gatewayURL, NotifyURL: notifyURL, RedirectURL: redirectURL,
		MerchantKey: e.keys.merchant, AntomKey: e.keys.antom.Public(),
	}
}

// Reset forgets every session and payment; the keys stay.
func (e *Emulator) Reset(ctx context.Context) error {
	return e.store.reset(ctx)
}

// Notifications returns the notifications of a payment that are due by now,
// signed and ready to be sent: the payment's result and, once it is final, the
// capture's.
func (e *Emulator) Notifications(ctx context.Context, paymentRequestID string) ([]*http.Request, error) {
	var found *order
	err := e.store.view(ctx, func(tx *transaction) (err error) {
		found, err = tx.order(paymentRequestID)
		return err
	})
	if err != nil {
		return nil, notFound(err, paymentRequestID)
	}
	var due []*http.Request
	for _, body := range found.notifications(e.now()) {
		request, err := antom.NewNotificationRequest(ctx, found.NotifyURL, clientID, e.keys.antom, body)
		if err != nil {
			return nil, err
		}
		due = append(due, request)
	}
	return due, nil
}

// Refusal is what the emulator will not do for its user, and what to do instead.
type Refusal struct{ text, remedy string }

func (r *Refusal) Error() string { return r.text }

// Hint says what to do instead.
func (r *Refusal) Hint() string { return r.remedy }

// notFound explains an id that no session has.
func notFound(err error, id string) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return &Refusal{fmt.Sprintf("the emulator has no session %q", id), "antom session create --profile emulator --amount 42.00 --currency SGD"}
}
