package emulator

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// sessionRequest is what the emulator uses of a createPaymentSession request; all other fields
// are checked against the field rules only.
type sessionRequest struct {
	PaymentRequestID         string         `json:"paymentRequestId"`
	PaymentAmount            antom.Amount   `json:"paymentAmount"`
	PaymentNotifyURL         string         `json:"paymentNotifyUrl"`
	PaymentRedirectURL       string         `json:"paymentRedirectUrl"`
	PaymentSessionExpiryTime antom.DateTime `json:"paymentSessionExpiryTime"`
	PaymentExpiryTime        antom.DateTime `json:"paymentExpiryTime"`
	ProductScene             string         `json:"productScene"`
	Metadata                 any            `json:"metadata"`
	Order                    struct {
		ReferenceOrderID string `json:"referenceOrderId"`
		OrderDescription string `json:"orderDescription"`
	} `json:"order"`
	PaymentFactor struct {
		IsAuthorization antom.Bool        `json:"isAuthorization"`
		CaptureMode     antom.CaptureMode `json:"captureMode"`
	} `json:"paymentFactor"`
	PaymentMethod struct {
		PaymentMethodType     string `json:"paymentMethodType"`
		PaymentMethodID       string `json:"paymentMethodId"`
		PaymentMethodMetaData struct {
			Is3DSAuthentication         antom.Bool     `json:"is3DSAuthentication"`
			EnableAuthenticationUpgrade *antom.Bool    `json:"enableAuthenticationUpgrade"` // default true (C11)
			SupportedBrands             []string       `json:"supportedBrands"`
			BillingAddress              *antom.Address `json:"billingAddress"`
		} `json:"paymentMethodMetaData"`
	} `json:"paymentMethod"`
	AvailablePaymentMethod struct {
		PaymentMethodTypeList []struct {
			PaymentMethodType string `json:"paymentMethodType"`
		} `json:"paymentMethodTypeList"`
	} `json:"availablePaymentMethod"`
}

// methods are the payment methods that the request allows; a session of the newer products
// that names none allows all (DOC).
func (r *sessionRequest) methods() []string {
	if r.PaymentMethod.PaymentMethodType != "" {
		return []string{r.PaymentMethod.PaymentMethodType}
	}
	var methods []string
	for _, offer := range r.AvailablePaymentMethod.PaymentMethodTypeList {
		methods = append(methods, offer.PaymentMethodType)
	}
	if len(methods) == 0 {
		return []string{methodCard}
	}
	return methods
}

// sessionAnswer is the answer of createPaymentSession.
type sessionAnswer struct {
	PaymentSessionData       string         `json:"paymentSessionData"`
	PaymentSessionExpiryTime antom.DateTime `json:"paymentSessionExpiryTime"`
	PaymentSessionID         string         `json:"paymentSessionId"`
	NormalURL                string         `json:"normalUrl,omitzero"`
	Result                   antom.Result   `json:"result"`
}

// scenes of sessions.
const (
	sceneCheckoutPage = "CHECKOUT_PAYMENT"
	sceneElement      = "ELEMENT_PAYMENT"
	sceneCashier      = "CASHIER_PAYMENT"
)

// sessionInput is what the rules of createPaymentSession examine.
type sessionInput struct {
	request *sessionRequest
	now     time.Time
	earlier *order // with the same paymentRequestId
	expiry  error  // of paymentSessionExpiryTime
	card    error  // of paymentMethodId
}

// sessionRules are the pay API's rules for a paymentRequestId that was used before (INF:
// createPaymentSession documents none), and the rules for the session's lifetime.
func sessionRules() []rule[sessionInput] {
	before := func(test func(sessionInput, *order) bool) func(sessionInput) bool {
		return func(a sessionInput) bool { return a.earlier != nil && test(a, a.earlier) }
	}
	return []rule[sessionInput]{
		{code: "PARAM_ILLEGAL", on: "paymentSessionExpiryTime is past or over 1 hour away", source: "G24",
			when: func(a sessionInput) bool { return a.expiry != nil }, message: func(a sessionInput) string { return a.expiry.Error() }},
		{code: "PARAM_ILLEGAL", on: "paymentExpiryTime is past", source: "INF",
			when:    func(a sessionInput) bool { return a.paymentExpires().Before(a.now) && !a.paymentExpires().IsZero() },
			message: func(sessionInput) string { return "paymentExpiryTime: must be in the future" }},
		{code: "NO_PAY_OPTIONS", on: "a payment method other than CARD: no other is emulated", source: "G24",
			when: func(a sessionInput) bool { return !slices.Contains(a.request.methods(), methodCard) },
			message: func(a sessionInput) string {
				return fmt.Sprintf("paymentMethodType %s: the emulator supports only CARD", shorten(strings.Join(a.request.methods(), ", ")))
			}},
		{code: "PARAM_ILLEGAL", on: "paymentMethod.paymentMethodId is not the token of a stored card", source: "INF",
			when: func(a sessionInput) bool { return a.card != nil },
			message: func(sessionInput) string {
				return "paymentMethod.paymentMethodId: no card is stored under this token; use the cardToken of a successful payment"
			}},
		{code: codeCanceled, on: "the paymentRequestId belongs to a cancelled order", source: "G24 pay",
			when: before(func(_ sessionInput, o *order) bool { return !o.Cancelled.IsZero() })},
		{code: codeClosed, on: "the paymentRequestId has already been paid", source: "G24 pay",
			when: before(func(_ sessionInput, o *order) bool { return len(o.Payments) > 0 })},
		{code: "REPEAT_REQ_INCONSISTENT", on: "the paymentRequestId was used with another amount", source: "G24 idempotency",
			when: before(func(a sessionInput, o *order) bool { return o.Amount != a.request.PaymentAmount }),
			message: func(a sessionInput) string {
				return fmt.Sprintf("paymentRequestId %s was used with %s", shorten(a.request.PaymentRequestID), a.earlier.Amount)
			}},
	}
}

func (a sessionInput) paymentExpires() time.Time {
	at, err := a.request.PaymentExpiryTime.Time()
	if err != nil {
		return time.Time{}
	}
	return at
}

func createPaymentSession(tx *transaction, request *sessionRequest) (any, error) {
	set, isSet, err := tx.scenario(antom.CreatePaymentSession)
	if err != nil {
		return nil, err
	}
	if isSet {
		return set.refusal(), nil
	}
	a := sessionInput{request: request, now: tx.now}
	switch a.earlier, err = tx.ownOrder(request.PaymentRequestID); {
	case errors.Is(err, fs.ErrNotExist):
		a.earlier = nil
	case err != nil:
		return nil, err
	}
	var expires time.Time
	expires, a.expiry = sessionExpiry(request.PaymentSessionExpiryTime, tx.now)
	if token := request.PaymentMethod.PaymentMethodID; token != "" {
		_, a.card = tx.storedCard(token)
	}
	if refused := refuse(sessionRules(), a); refused != nil {
		return answerWith(refused)
	}
	o := newOrder(a, expires)
	o.ClientID, o.key = tx.clientID, owned(o.PaymentRequestID, tx.clientID)
	if o.NotifyURL == "" {
		o.NotifyURL = tx.notifyURL
	}
	if a.earlier != nil {
		o.Created = a.earlier.Created
		o.Scheduled = a.earlier.Scheduled
		o.key = a.earlier.key
	}
	if err := tx.set(recentBucket, timeKey(o.Created, o.key), []byte{}); err != nil {
		return nil, err
	}
	if err := tx.put(o); err != nil {
		return nil, err
	}
	return tx.newSession(o, expires)
}

// sessionExpiry is when a session ends: at the requested time, which must be within the hour,
// or after one hour (G24).
func sessionExpiry(asked antom.DateTime, now time.Time) (time.Time, error) {
	if asked == "" {
		return now.Add(sessionLife), nil
	}
	at, err := asked.Time()
	if err != nil {
		return at, fmt.Errorf("paymentSessionExpiryTime: %w", err)
	}
	if !at.After(now) || at.After(now.Add(sessionLife)) {
		return at, fmt.Errorf("paymentSessionExpiryTime: must be within 1 hour after creation, which is %s here", wireTime(now))
	}
	return at, nil
}

func newOrder(a sessionInput, expires time.Time) *order {
	r := a.request
	o := &order{
		PaymentRequestID: r.PaymentRequestID, ReferenceOrderID: r.Order.ReferenceOrderID,
		Amount: r.PaymentAmount, NotifyURL: r.PaymentNotifyURL, RedirectURL: r.PaymentRedirectURL, Description: r.Order.OrderDescription, Scene: r.ProductScene,
		StoredCard: r.PaymentMethod.PaymentMethodID, Created: a.now.UTC(), SessionExpires: expires.UTC(), PaymentExpires: a.paymentExpires().UTC(),
	}
	o.ManualCapture = r.PaymentFactor.CaptureMode == antom.CaptureManual
	o.Authorise = o.ManualCapture || bool(r.PaymentFactor.IsAuthorization)
	meta := r.PaymentMethod.PaymentMethodMetaData
	o.ThreeDS = bool(meta.Is3DSAuthentication)
	o.NoUpgrade = meta.EnableAuthenticationUpgrade != nil && !bool(*meta.EnableAuthenticationUpgrade)
	o.Brands, o.Billing = meta.SupportedBrands, meta.BillingAddress
	o.Metadata, _ = r.Metadata.(string)
	return o
}

// takes reports whether the order accepts a brand.
func (o *order) takes(brand string) bool {
	return len(o.Brands) == 0 || slices.Contains(o.Brands, brand)
}

// sessionConfig is the fourth part of the session data, which the web SDK reads.
type sessionConfig struct {
	PaymentSessionConfig sceneConfig `json:"paymentSessionConfig"`
}

// sceneConfig says which product of the web SDK a session is for.
type sceneConfig struct {
	ProductScene              string `json:"productScene"`
	PaymentMethodCategoryType string `json:"paymentMethodCategoryType,omitempty"`
	ProductSceneVersion       string `json:"productSceneVersion"`
}

// sceneConfigs by the request's productScene, with the scene and category names that the web
// SDK knows (JS); that a session without a scene is for the cashier is INF.
var sceneConfigs = [...]sceneConfig{
	{sceneCheckoutPage, "", "1.0.0"},
	{sceneElement, "ALL", "1.0"},
	{sceneCashier, methodCard, "1.0"}, // all others
}

func configOf(scene string) sceneConfig {
	for _, row := range sceneConfigs {
		if row.ProductScene == scene {
			return row
		}
	}
	return sceneConfigs[len(sceneConfigs)-1]
}

// newSession makes the session's data and id in Antom's form: the data are a blob, the region,
// a number and a configuration, joined with &&; the session id is the first half of the blob.
func (t *transaction) newSession(o *order, expires time.Time) (*sessionAnswer, error) {
	random, err := t.random(80)
	if err != nil {
		return nil, err
	}
	blob, tail := random[:64], random[64:]
	var config sessionConfig
	config.PaymentSessionConfig = configOf(o.Scene)
	text, err := encode(config)
	if err != nil {
		return nil, err
	}
	session := &sessionAnswer{
		PaymentSessionData:       base64.StdEncoding.EncodeToString(blob) + "&&SG&&188&&" + base64.StdEncoding.EncodeToString(text),
		PaymentSessionID:         base64.StdEncoding.EncodeToString(append(blob[:32:32], tail...)),
		PaymentSessionExpiryTime: wireTime(expires),
		Result:                   success(),
	}
	if o.Scene == sceneCheckoutPage {
		session.NormalURL = t.web + checkoutPath + checkoutID(session.PaymentSessionData)
	}
	return session, t.remember(session.PaymentSessionData, o)
}
