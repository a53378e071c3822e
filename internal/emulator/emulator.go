// Package emulator is the stand-in for Antom's gateway: an http.Handler that
// checks and signs like the real one, as far as Antom's pages and the behaviour
// of its SDKs tell. It is what the built-in profile talks to, in the same
// process and without a port, and what antom emulator serve listens with.
//
// State is a function of what is stored and of the clock: nothing happens in the
// background. The rules are tables: how states follow each other (machine.go),
// what each operation refuses (operations, *_rules), what a card does (buyer.go).
// What Antom does not document is marked INF where it is decided.
package emulator

//go:generate go run ../gen/emulatorstates

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Host is where the emulator in this process is called: no server answers there.
const Host = "emulator.localhost"

// What the emulator's merchant is called and where it is (INF). The client id is
// one of the sandbox, so that clients use the sandbox path.
const (
	clientID    = "SANDBOX_5XEMULATOR00001"
	gatewayURL  = "http://" + Host
	notifyURL   = "http://127.0.0.1:4242/antom/notify"
	redirectURL = "http://127.0.0.1:4242/paid"
	keyVersion  = 1
)

// Times of the card flow.
const (
	// DefaultProcessing is how long a payment stays PROCESSING (INF; SEED: the
	// notification comes 3 to 5 s after the payment).
	DefaultProcessing = 3 * time.Second
	captureDelay      = time.Second          // from the payment's success to the automatic capture's (INF)
	asyncDelay        = 3 * time.Second      // of a capture or refund that is answered with U (INF)
	sessionLife       = time.Hour            // default and longest life of a session (G24)
	orderLife         = 14 * time.Minute     // after it an unpaid order is closed (SEED)
	authorisationLife = 7 * 24 * time.Hour   // after it no capture (DOC cashierpay/capture)
	cancelWindow      = 7 * 24 * time.Hour   // of a card payment, from its success (DOC cashierpay)
	refundWindow      = 180 * 24 * time.Hour // from the payment's success; Antom: per contract (INF)
)

// Emulator is a gateway with its keys and its state in one folder, which several
// processes may share.
type Emulator struct {
	dir       string
	now       func() time.Time // the real clock; the emulator's own is Time
	logger    *slog.Logger
	store     *store
	keys      keys
	merchants []Merchant
	notifyURL string
	signAll   bool
	initial   []byte // what a reset returns to; nil: nothing
}

// Merchant is a client that the emulator knows beside its own. One without a key
// is answered with KEY_NOT_FOUND.
type Merchant struct {
	ClientID string
	Key      *sign.PublicKey
	OwnKey   bool // it signs with the key of the emulator's own merchant
}

// Options change how an emulator is opened.
type Options struct {
	Now    func() time.Time // the real clock, time.Now unless a test says otherwise
	Logger *slog.Logger

	// Hold keeps the state file open until Close: faster, and no other process
	// can use the state meanwhile. The error is a [*Refusal] if one does.
	Hold bool
	// KeysLater leaves keys that are not there yet to whoever asks for one first,
	// or to [Server.Serve], which makes them while it listens already.
	KeysLater bool
	// Merchants are known beside the emulator's own.
	Merchants []Merchant
	// NotifyURL is where notifications of sessions go that name no URL; empty: the
	// usual place of antom notify listen.
	NotifyURL string
	// Resend says how often notifications are sent; empty: ResendProduction.
	Resend Resend
	// SignInvalidSignature signs the answers INVALID_SIGNATURE, CLIENT_INVALID
	// and KEY_NOT_FOUND too. The real gateway does not (G24 digital_signature).
	SignInvalidSignature bool
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
// use. The state file is held open only during each transaction, unless
// [Options] say otherwise.
func Open(dir string, options Options) (*Emulator, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.NotifyURL == "" {
		options.NotifyURL = notifyURL
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the emulator's folder: %w", err)
	}
	made, err := openKeys(dir, options.KeysLater)
	if err != nil {
		return nil, err
	}
	e := &Emulator{
		dir: dir, now: options.Now, logger: options.Logger, keys: made, merchants: options.Merchants, notifyURL: options.NotifyURL, signAll: options.SignInvalidSignature,
		store: &store{path: filepath.Join(dir, "state.db"), now: options.Now, resend: options.Resend, notify: options.NotifyURL, web: gatewayURL},
	}
	if options.Hold {
		return e, e.store.hold()
	}
	return e, nil
}

// Close lets go of a state file that is held; otherwise there is nothing to do.
func (e *Emulator) Close() error { return e.store.close() }

// ClientID is the id of the emulator's own merchant.
func (e *Emulator) ClientID() string { return clientID }

// Profile returns what a merchant needs to call the emulator. With
// [Options].KeysLater it waits for the keys, and they are nil if they can't be
// made, which [Server.Serve] reports.
func (e *Emulator) Profile() Profile {
	p := Profile{ClientID: clientID, GatewayURL: gatewayURL, NotifyURL: e.notifyURL, RedirectURL: redirectURL}
	if e.keys.wait() == nil {
		p.MerchantKey, _ = e.keys.merchant()
		p.AntomKey = e.NotifyKey().Public()
	}
	return p
}

// Reset forgets every session and payment, the virtual clock and the seed, and
// returns to the state that [Emulator.Begin] was given, if it was; the keys stay.
func (e *Emulator) Reset(ctx context.Context) error {
	return e.store.resetAll(ctx, e.initial)
}

// CheckState looks whether the state file is one: the error is a [*DamagedError] if
// not. A call would be answered with SYSTEM_ERROR.
func (e *Emulator) CheckState(ctx context.Context) error {
	_, err := e.Time(ctx)
	if damaged, ok := errors.AsType[*DamagedError](err); ok {
		return damaged
	}
	return nil // what else is wrong the gateway answers
}

// Time is what the emulator's clock says.
func (e *Emulator) Time(ctx context.Context) (now time.Time, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		now = tx.now
		return nil
	})
	return now, err
}

// Notifications returns the notifications of a payment that are due by now,
// signed and ready to be sent, whether they were sent before or not.
func (e *Emulator) Notifications(ctx context.Context, paymentRequestID string) ([]*http.Request, error) {
	deliveries, now, err := e.notificationsOf(ctx, paymentRequestID, func(deliveryRecord) bool { return true })
	if err != nil {
		return nil, err
	}
	var due []*http.Request
	for _, d := range deliveries {
		request, err := e.signedNotification(ctx, d, now)
		if err != nil {
			return nil, err
		}
		due = append(due, request)
	}
	return due, nil
}

// Undelivered returns the notifications of a payment that are due by now and
// were not acknowledged, also where the next attempt is not due yet. The second
// value counts those that were acknowledged.
func (e *Emulator) Undelivered(ctx context.Context, paymentRequestID string) (open []Delivery, acknowledged int, err error) {
	open, _, err = e.notificationsOf(ctx, paymentRequestID, func(record deliveryRecord) bool {
		if record.acknowledged() {
			acknowledged++
		}
		return !record.acknowledged()
	})
	return open, acknowledged, err
}

func (e *Emulator) notificationsOf(ctx context.Context, paymentRequestID string, wanted func(deliveryRecord) bool) (due []Delivery, now time.Time, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		o, err := tx.named(paymentRequestID)
		if err != nil {
			return notFound(err, paymentRequestID)
		}
		now = tx.now
		for _, n := range o.plan() {
			record, err := tx.deliveries(n.id)
			if err != nil {
				return err
			}
			if n.due.After(now) || !wanted(record) {
				continue
			}
			delivery, err := o.delivery(n, n.due, len(record.Attempts)+1)
			if err != nil {
				return err
			}
			due = append(due, delivery)
		}
		return nil
	})
	return due, now, err
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
	id, client, said := strings.Cut(id, ownerMark)
	text := fmt.Sprintf("the emulator has no session %q", id)
	if said {
		text += " of client " + client
	}
	return &Refusal{text, "antom session create --profile emulator --amount 42.00 --currency SGD"}
}

// methodCard is the one payment method that is emulated.
const methodCard = "CARD"

func success() antom.Result { return resultOf(antom.CodeSuccess, "success.") }
