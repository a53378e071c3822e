// Package emulator is a stand-in for Antom's gateway: an http.Handler that checks and signs
// like the real one, as far as Antom's pages and the behaviour of its SDKs show. The built-in
// profile calls it in the same process, without a port; antom emulator serve listens with it.
//
// State is a function of the stored facts and of the clock: nothing happens in the background.
// The rules are tables: how states follow each other (machine.go), what each operation refuses
// (operations, *_rules), what a card does (buyer.go). Where Antom documents nothing, the
// choice made is marked INF.
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

// The emulator's merchant and its country (INF). The client id has the sandbox form, so that
// clients use the sandbox path.
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
	captureDelay      = time.Second          // from the payment's success to the success of the automatic capture (INF)
	asyncDelay        = 3 * time.Second      // of a capture or refund that was answered with U (INF)
	sessionLife       = time.Hour            // default and maximum lifetime of a session (G24)
	orderLife         = 14 * time.Minute     // then an unpaid order is closed (SEED)
	authorisationLife = 7 * 24 * time.Hour   // then no capture is possible (DOC cashierpay/capture)
	cancelWindow      = 7 * 24 * time.Hour   // of a card payment, from its success (DOC cashierpay)
	refundWindow      = 180 * 24 * time.Hour // from the payment's success; Antom: per contract (INF)
)

// Emulator is a gateway with its keys and state in one folder, which several processes may
// share.
type Emulator struct {
	dir       string
	now       func() time.Time // the real clock; the emulator's own is Time
	logger    *slog.Logger
	store     *store
	keys      keys
	merchants []Merchant
	notifyURL string
	signAll   bool
	initial   []byte // the state after a reset; nil: empty
}

// Merchant is a client that the emulator knows in addition to its own. A merchant without a
// key is answered with KEY_NOT_FOUND.
type Merchant struct {
	ClientID string
	Key      *sign.PublicKey
	OwnKey   bool // it signs with the key of the emulator's own merchant
}

// Options change how an emulator is opened.
type Options struct {
	Now    func() time.Time // the real clock, time.Now unless a test says otherwise
	Logger *slog.Logger

	// Hold keeps the state file open until Close. This is faster, but no other process can use
	// the state meanwhile. If one already does, the error is a [*Refusal].
	Hold bool
	// KeysLater postpones the making of missing keys until one is needed, or until
	// [Server.Serve], which makes them while it is already listening.
	KeysLater bool
	// Merchants are known in addition to the emulator's own.
	Merchants []Merchant
	// NotifyURL receives the notifications of sessions that name no URL; empty: the default
	// address of antom notify listen.
	NotifyURL string
	// Resend is how often notifications are sent; empty: ResendProduction.
	Resend Resend
	// SignInvalidSignature also signs the answers INVALID_SIGNATURE, CLIENT_INVALID and
	// KEY_NOT_FOUND. The real gateway does not (G24 digital_signature).
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

// Open opens the emulator whose state is in dir, and makes its keys on first use. The state
// file is open only during a transaction, unless [Options] say otherwise.
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

// Close closes a state file that is held open; otherwise it does nothing.
func (e *Emulator) Close() error { return e.store.close() }

// ClientID is the id of the emulator's own merchant.
func (e *Emulator) ClientID() string { return clientID }

// Profile returns what a merchant needs to call the emulator. With [Options].KeysLater it
// waits for the keys; they are nil if they can't be made, which [Server.Serve] reports.
func (e *Emulator) Profile() Profile {
	p := Profile{ClientID: clientID, GatewayURL: gatewayURL, NotifyURL: e.notifyURL, RedirectURL: redirectURL}
	if e.keys.wait() == nil {
		p.MerchantKey, _ = e.keys.merchant()
		p.AntomKey = e.NotifyKey().Public()
	}
	return p
}

// Reset deletes every session and payment, the virtual clock and the seed, and restores the
// state given to [Emulator.Begin], if any. The keys stay.
func (e *Emulator) Reset(ctx context.Context) error {
	return e.store.resetAll(ctx, e.initial)
}

// CheckState checks that the state file can be read. If it can't, the error is a
// [*DamagedError], and every call would be answered with SYSTEM_ERROR.
func (e *Emulator) CheckState(ctx context.Context) error {
	_, err := e.Time(ctx)
	if damaged, ok := errors.AsType[*DamagedError](err); ok {
		return damaged
	}
	return nil // other errors are reported by the gateway
}

// Time is the time on the emulator's clock.
func (e *Emulator) Time(ctx context.Context) (now time.Time, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		now = tx.now
		return nil
	})
	return now, err
}

// Notifications returns the notifications of a payment that are due by now, signed and ready
// to send, including those already sent.
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

// Undelivered returns the notifications of a payment that are due by now and were not
// acknowledged, even if the next attempt is not due yet. The second value is the number of
// acknowledged ones.
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
		o, err := tx.findOrder(paymentRequestID)
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

// Refusal is an error about the emulator's use: what it refuses to do, and what to do instead.
type Refusal struct{ text, remedy string }

func (r *Refusal) Error() string { return r.text }

// Hint says what to do instead.
func (r *Refusal) Hint() string { return r.remedy }

// notFound is the error for an id that no session has.
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

// methodCard is the only emulated payment method.
const methodCard = "CARD"

func success() antom.Result { return resultOf(antom.CodeSuccess, "success.") }
