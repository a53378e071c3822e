package emulator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// ownerMark stands in a key of the state between an id that a merchant made up
// and the client whose it is: two clients may use the same one. Keys without it
// were written by earlier versions and are read all the same; what they lead to
// says whose it is.
const ownerMark = "\x00"

func owned(id, clientID string) string { return id + ownerMark + clientID }

// OrderOf names an order where a paymentRequestId alone may not be enough: by the
// client whose it is too. Show, Undelivered and Notifications take it for a
// paymentRequestId. Without a client it is just that.
func OrderOf(paymentRequestID, clientID string) string {
	if clientID == "" {
		return paymentRequestID
	}
	return owned(paymentRequestID, clientID)
}

// owner is the client whose order it is.
func (o *order) owner() string { return cmp.Or(o.ClientID, clientID) }

// mine lets only orders of the transaction's client through: those of others do
// not exist to it.
func (t *transaction) mine(o *order, err error) (*order, error) {
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
	o, err := t.mine(t.order(owned(paymentRequestID, t.clientID)))
	if errors.Is(err, fs.ErrNotExist) {
		return t.mine(t.order(paymentRequestID))
	}
	return o, err
}

// ownPayment reads an order of the transaction's client by a paymentId.
func (t *transaction) ownPayment(paymentID string) (*order, *payment, error) {
	o, p, err := t.orderOfPayment(paymentID)
	if _, err = t.mine(o, err); err != nil {
		return nil, nil, err
	}
	return o, p, nil
}

// ownParent is the payment that a captureRequestId or refundRequestId of the
// transaction's client belongs to; empty if there is none.
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

// named reads the order that a person names, who is none of the clients. The
// error is a [*Refusal] where several clients have it and none was said.
func (t *transaction) named(name string) (*order, error) {
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

// isOf reports whether a key is an id's, of whichever client.
func isOf(key []byte, id string) bool {
	return string(key) == id || bytes.HasPrefix(key, []byte(id+ownerMark))
}

func severalOwners(id string, found []*order) error {
	var owners []string
	for _, o := range found {
		owners = append(owners, o.owner())
	}
	return &Refusal{fmt.Sprintf("session %q is of %d clients: %s", id, len(owners), strings.Join(owners, ", ")), "--client-id " + owners[0] + " says whose"}
}
