package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// wireRequest is a signed request in JSON, for the process that sends it.
type wireRequest struct {
	URL    string      `json:"url"`
	Header http.Header `json:"headers"`
	Body   []byte      `json:"bodyBase64"`
}

func newWireRequest(r *http.Request) (wireRequest, error) {
	body, err := io.ReadAll(r.Body)
	return wireRequest{URL: r.URL.String(), Header: r.Header, Body: body}, err
}

func (w wireRequest) request(ctx context.Context) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(w.Body))
	if err == nil {
		r.Header = w.Header
	}
	return r, err
}

// wireDelivery is a delivery with its body.
type wireDelivery struct {
	Delivery
	Body []byte `json:"bodyBase64"`
}

func (w wireDelivery) delivery() Delivery {
	d := w.Delivery
	d.Body = w.Body
	return d
}

// wireUndelivered is what [Emulator.Undelivered] returns.
type wireUndelivered struct {
	Open         []wireDelivery `json:"open"`
	Acknowledged int            `json:"acknowledged"`
}

func controlNotifications(s *Server, r *http.Request) (any, error) {
	id := orderIn(r)
	if r.URL.Query().Get("open") != "" {
		open, acknowledged, err := s.emulator.Undelivered(r.Context(), id)
		answer := wireUndelivered{Open: []wireDelivery{}, Acknowledged: acknowledged}
		for _, d := range open {
			answer.Open = append(answer.Open, wireDelivery{d, d.Body})
		}
		return answer, err
	}
	requests, err := s.emulator.Notifications(r.Context(), id)
	if err != nil {
		return nil, err
	}
	list := []wireRequest{}
	for _, request := range requests {
		wire, err := newWireRequest(request)
		if err != nil {
			return nil, err
		}
		list = append(list, wire)
	}
	return list, nil
}

func controlDue(s *Server, r *http.Request) (any, error) {
	if err := s.Settle(r.Context()); err != nil {
		return nil, err
	}
	due, err := s.emulator.DueDeliveries(r.Context())
	list := []wireDelivery{}
	for _, d := range due {
		list = append(list, wireDelivery{d, d.Body})
	}
	return list, err
}

func controlSign(s *Server, r *http.Request) (any, error) {
	wire, err := readControl[wireDelivery](r)
	if err != nil {
		return nil, err
	}
	request, err := s.emulator.NotificationRequest(r.Context(), wire.delivery())
	if err != nil {
		return nil, err
	}
	return newWireRequest(request)
}

// wireAttempt is an attempt and the id of its notification.
type wireAttempt struct {
	ID      string  `json:"id"`
	Attempt Attempt `json:"attempt"`
}

func controlAttempt(s *Server, r *http.Request) (any, error) {
	wire, err := readControl[wireAttempt](r)
	if err != nil {
		return nil, err
	}
	return done{true}, s.emulator.RecordAttempt(r.Context(), wire.ID, wire.Attempt)
}
