package emulator

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"strings"
	"unicode"
)

func isBuyerPage(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		(strings.HasPrefix(r.URL.Path, checkoutPath) || strings.HasPrefix(r.URL.Path, challengePath))
}

// buyerPage explains what the page would be at Antom, and how to act as the buyer. It has no
// form: viewing it changes nothing.
func (s *Server) buyerPage(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=UTF-8")
	header.Set("Content-Security-Policy", "default-src 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	var order Summary
	var challenge string
	err := s.emulator.store.view(r.Context(), func(tx *transaction) error {
		o, p, err := tx.shownAt(r)
		if err == nil {
			order = o.summary(tx.now)
		}
		if p != nil {
			challenge = p.Checks.Challenge
		}
		return err
	})
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, htmlPage("Nothing here", "<p>The emulator has no such order: it was reset, or the link is incomplete.</p>"))
		return
	}
	facts := fmt.Sprintf("<p>Payment request %s over %s: session %s, payment %s.</p>",
		html.EscapeString(order.PaymentRequestID), html.EscapeString(order.Amount.String()), order.Session, cmp.Or(string(order.Status), "none"))
	title, what, options := "Checkout page", "Antom shows its payment form here. Submit it in a terminal:", [...]string{"", " --outcome USER_BALANCE_NOT_ENOUGH", " --challenge pass"}
	if strings.HasPrefix(r.URL.Path, challengePath) {
		title, options = "3-D Secure challenge", [...]string{" --challenge pass", " --challenge fail", " --challenge abandon"}
		what = fmt.Sprintf("The issuer asks the buyer here who they are. The buyer's answer was chosen when the form was submitted: %s. Next time:", cmp.Or(challenge, "nothing"))
	}
	var commands strings.Builder
	for _, option := range options {
		commands.WriteString(html.EscapeString(payCommand(order)+option) + "\n")
	}
	fmt.Fprint(w, htmlPage(title, facts+"<p>"+what+"</p><pre>"+commands.String()+"</pre>"))
}

// shownAt returns the order and payment that a buyer's page shows.
func (t *transaction) shownAt(r *http.Request) (*order, *payment, error) {
	if id, isChallenge := strings.CutPrefix(r.URL.Path, challengePath); isChallenge {
		return t.orderOfPayment(id)
	}
	id := strings.TrimPrefix(r.URL.Path, checkoutPath)
	o, err := t.atCheckout(BrowserKey{CheckoutID: id})
	return o, nil, err
}

// payCommand is the command that acts as the buyer of an order.
func payCommand(order Summary) string {
	command := "antom emulator pay " + shellWord(order.PaymentRequestID)
	if order.ClientID != clientID {
		command += " --client-id " + shellWord(order.ClientID)
	}
	return command
}

// shellWord quotes a text for a shell, where needed.
func shellWord(text string) string {
	plain := func(c rune) bool {
		return c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("-_.", c))
	}
	if text != "" && strings.TrimFunc(text, plain) == "" && text[0] != '-' {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func htmlPage(title, body string) string {
	return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" + title +
		" - antom emulator</title><h1>" + title + "</h1><p>This is antom's emulator, not Antom: no card is charged and no money moves.</p>" + body + "</html>\n"
}
