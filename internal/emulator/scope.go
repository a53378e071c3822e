package emulator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// ownerMark separates, in a key of the state, an id chosen by a merchant from the client it
// belongs to: two clients may use the same id. Keys without it were written by earlier
// versions and are still read; the value then tells the client.
const ownerMark = "\x00"

func owned(id, clientID string) string { return id + ownerMark + clientID }

// OrderOf names an order by its client too, for paymentRequestIds that several clients use.
// Show, Undelivered and Notifications accept it as a paymentRequestId. Without a client it is
// the plain paymentRequestId.
func OrderOf(paymentRequestID, clientID string) string {
	if clientID == "" {
		return paymentRequestID
	}
	return owned(paymentRequestID, clientID)
}

// owner is the client that the order belongs to.
func (o *order) owner() string { return cmp.Or(o.ClientID, clientID) }

// visible admits only orders of the transaction's client; for it, those of others do not
// exist.
func (t *transaction) visible(o *order, err error) (*order, error) {
	if err == nil && o.owner() != t.clientID {
		return nil, fs.ErrNotExist
	}
	return o, err
}

// ownOrder reads an order of the transaction's client by its paymentRequestId.
func (t *transaction) ownOrder(paymentRequestID string) (*order, error) {
	if paymentRequestID == "" {
		return nil, fs.ErrNotExist
	}
	o, err := t.visible(t.order(owned(paymentRequestID, t.clientID)))
	if errors.Is(err, fs.ErrNotExist) {
		return t.visible(t.order(paymentRequestID))
	}
	return o, err
}

// ownPayment reads an order of the transaction's client by a paymentId.
func (t *transaction) ownPayment(paymentID string) (*order, *payment, error) {
	o, p, err := t.orderOfPayment(paymentID)
	if _, err = t.visible(o, err); err != nil {
		return nil, nil, err
	}
	return o, p, nil
}

// ownParent is the payment that a captureRequestId or refundRequestId of the transaction's
// client belongs to; empty if there is none.
func (t *transaction) ownParent(bucket []byte, requestID string) (paymentID string, err error) {
	if parent := t.get(bucket, owned(requestID, t.clientID)); parent != nil {
		return string(parent), nil
	}
	parent := string(t.get(bucket, requestID))
	if parent == "" {
		return "", nil
	}
	switch _, _, err := t.ownPayment(parent); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	}
	return parent, nil
}

// findOrder reads an order for a user, who is not a client. If several clients have it and
// none is named, the error is a [*Refusal].
func (t *transaction) findOrder(name string) (*order, error) {
	id, client, said := strings.Cut(name, ownerMark)
	bucket := t.tx.Bucket(ordersBucket)
	if bucket == nil {
		return nil, fs.ErrNotExist
	}
	var found []*order
	cursor := bucket.Cursor()
	for key, _ := cursor.Seek([]byte(id)); key != nil && isOf(key, id); key, _ = cursor.Next() {
		o, err := t.order(string(key))
		if err != nil {
			return nil, err
		}
		if o.PaymentRequestID == id && (!said || o.owner() == client) {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 0:
		return nil, fs.ErrNotExist
	case 1:
		return found[0], nil
	}
	return nil, severalOwners(id, found)
}

// isOf reports whether a key is for this id, of any client.
func isOf(key []byte, id string) bool {
	return string(key) == id || bytes.HasPrefix(key, []byte(id+ownerMark))
}

func severalOwners(id string, found []*order) error {
	var owners []string
	for _, o := range found {
		owners = append(owners, o.owner())
	}
	return &Refusal{fmt.Sprintf("%d clients have a session %q: %s", len(owners), id, strings.Join(owners, ", ")), "--client-id " + owners[0] + " selects one"}
}
