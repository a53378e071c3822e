package diagnose

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/pkg/antom"
)

// mostOrdered bounds the bytes that are written in other orders, and mostPaired
// how many of them are tried together with what else may be wrong.
const (
	mostOrdered = 24 << 20
	mostPaired  = 6
)

// otherOrder: members in the orders that are documented or known, spaced and
// escaped as they may be.
func otherOrder(c *Case) []change {
	root := parse(c.Message.Body)
	if root == nil {
		return nil
	}
	var changes []change
	styles, written, paired := distinct(c.Message.Body), 0, 0
	seen := map[string]bool{}
	for _, o := range orderings(root) {
		ordered := o.apply(root, "")
		compact := string(spacings[0].write(nil, ordered, 0))
		if seen[compact] {
			continue
		}
		seen[compact] = true
		for i, s := range spacings {
			text := s.write(nil, ordered, 0)
			for j, other := range append([][]byte{text, appended(text, "\n")}, inEscapes(text, styles)...) {
				for _, ch := range c.bodies(other) {
					ch.alone = i+j > 0 || paired >= mostPaired
					changes = append(changes, ch)
				}
				if written += len(other); written > mostOrdered {
					return append(changes, change{part: partNone}) // says that not all were written
				}
			}
		}
		paired++
	}
	return changes
}

// documented is the order in which Antom's tables list the members of
// notifications and answers (API pages of 2024-05).
const documented = "notifyType authorizationNotifyType disputeNotificationType result resultCode resultStatus resultMessage " +
	"paymentSessionData paymentSessionExpiryTime paymentSessionId refundStatus paymentStatus paymentResultCode paymentResultMessage " +
	"paymentRequestId captureRequestId refundRequestId paymentId captureId refundId disputeId paymentAmount captureAmount refundAmount disputeAmount " +
	"paymentCreateTime paymentTime captureTime refundTime transactions paymentResultInfo acquirerReferenceNo pspCustomerInfo " +
	"customsDeclarationAmount grossSettlementAmount settlementQuote promotionResult acquirerInfo authExpiryTime metadata"

// The orders of answers as the emulator sends them; that of an inquiry, and of the
// transactions in it, differs from the tables'.
const (
	emulated = "result paymentStatus paymentResultCode paymentResultMessage paymentRequestId paymentId paymentAmount paymentCreateTime paymentTime " +
		"authExpiryTime paymentMethodType paymentResultInfo redirectActionForm metadata transactions"
	captured             = "result captureRequestId captureId paymentId captureAmount captureTime acquirerReferenceNo"
	refunded             = "result refundRequestId refundId paymentId refundAmount refundTime grossSettlementAmount settlementQuote acquirerReferenceNo acquirerInfo"
	refundInquired       = "result refundStatus refundRequestId refundId refundAmount refundTime metadata"
	cancelled            = "result paymentId paymentRequestId cancelTime"
	emulatedTransactions = "transactionType transactionStatus transactionRequestId transactionAmount transactionTime transactionId transactionResult"
)

// Members of the two small objects whose order differs from page to page.
var (
	resultOrders = [...]string{"resultStatus resultCode resultMessage", "resultCode resultStatus resultMessage", "resultCode resultMessage resultStatus",
		"resultStatus resultMessage resultCode", "resultMessage resultCode resultStatus", "resultMessage resultStatus resultCode"}
	amountOrders = [...]string{"currency value", "value currency"}
)

// roots are the messages whose members this project knows, in Antom's order.
func roots() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[antom.PaymentNotification](), reflect.TypeFor[antom.CaptureNotification](), reflect.TypeFor[antom.RefundNotification](),
		reflect.TypeFor[antom.AuthorizationNotification](), reflect.TypeFor[antom.VaultingNotification](), reflect.TypeFor[antom.DisputeNotification](),
		reflect.TypeFor[antom.Payment](), reflect.TypeFor[antom.Session](), reflect.TypeFor[antom.SessionRequest](),
	}
}

// shapes are the members of messages and of the objects in them.
type shapes struct {
	roots   [][]string
	objects map[string][]string // by the name of the member that holds the object
}

// known reads the shapes off the types, once.
var known = sync.OnceValue(func() shapes {
	s := shapes{objects: map[string][]string{}}
	for _, t := range roots() {
		names := s.collect(t)
		if !slices.Contains(names, "result") {
			names = append([]string{"result"}, names...) // an answer begins with it
		}
		s.roots = append(s.roots, names)
	}
	for _, text := range [...]string{documented, emulated, captured, refunded, refundInquired, cancelled} {
		s.roots = append(s.roots, strings.Fields(text))
	}
	return s
})

// collect returns the members of a type and remembers those of the objects in it.
func (s *shapes) collect(t reflect.Type) []string {
	var names []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		names = append(names, name)
		inner := field.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if _, done := s.objects[name]; inner.Kind() == reflect.Struct && !done {
			s.objects[name] = nil // ends a type that holds itself
			if members := s.collect(inner); len(members) > 0 {
				s.objects[name] = members
			} else {
				delete(s.objects, name) // an amount or a time, which write themselves
			}
		}
	}
	return names
}

// likeliest are the roots that know most members of a message.
func (s shapes) likeliest(root *jsontree.Node) [][]string {
	var best [][]string
	most := 0
	for _, names := range s.roots {
		n := 0
		for _, m := range root.Members {
			if slices.Contains(names, m.Name) {
				n++
			}
		}
		if n > most {
			best, most = nil, n
		}
		if n == most {
			best = append(best, names)
		}
	}
	return best
}

// How the objects within a message are ordered.
const (
	asGiven = iota
	byTable
	byEmulator
	byAlphabet
)

// ordering is an order of all members of a message.
type ordering struct {
	outer  []string // of the message itself; nil is as the inner ones are
	inner  int
	result []string
	amount []string
}

// orderings are the orders to try, the likeliest first: the tables' and the
// emulator's, and that of the alphabet, which the guide's samples have; each with
// every order of result and of amounts.
func orderings(root *jsontree.Node) []ordering {
	all := []ordering{{inner: byAlphabet}}
	outers := slices.Concat(known().likeliest(root), [][]string{strings.Fields(documented), strings.Fields(emulated), alphabetical(root), nil})
	for _, inner := range [...]int{byTable, byEmulator, asGiven} {
		for _, outer := range outers {
			for _, result := range resultOrders {
				for _, amount := range amountOrders {
					all = append(all, ordering{outer, inner, strings.Fields(result), strings.Fields(amount)})
				}
			}
		}
	}
	return all
}

func alphabetical(v *jsontree.Node) []string {
	var names []string
	for _, m := range v.Members {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}

// apply is a value with the members of its objects in this order; holder is the
// member that holds it, "" for the message.
func (o ordering) apply(v *jsontree.Node, holder string) *jsontree.Node {
	switch v.Kind {
	case jsontree.Object:
		other := &jsontree.Node{Kind: v.Kind, Members: slices.Clone(v.Members)}
		names := o.names(v, holder)
		slices.SortStableFunc(other.Members, func(a, b jsontree.Member) int { return cmp.Compare(place(names, a), place(names, b)) })
		for i, m := range other.Members {
			other.Members[i].Value = o.apply(m.Value, m.Name)
		}
		return other
	case jsontree.List:
		other := &jsontree.Node{Kind: v.Kind, Items: slices.Clone(v.Items)}
		for i, item := range other.Items {
			other.Items[i] = o.apply(item, holder)
		}
		return other
	}
	return v
}

// place ranks a member; those that are not known stay as they stand, at the end.
func place(names []string, m jsontree.Member) int {
	if i := slices.Index(names, m.Name); i >= 0 {
		return i
	}
	return len(names)
}

// names is the order of the members of one object; nil leaves them as they stand.
func (o ordering) names(v *jsontree.Node, holder string) []string {
	switch {
	case o.inner == byAlphabet:
		return alphabetical(v)
	case holder == "":
		return o.outer
	case isSmall(v, o.amount):
		return o.amount
	case isSmall(v, o.result):
		return o.result
	case o.inner == byEmulator && holder == "transactions":
		return strings.Fields(emulatedTransactions)
	case o.inner == asGiven:
		return nil
	}
	return known().objects[holder]
}

// isSmall says whether an object has no members but these.
func isSmall(v *jsontree.Node, names []string) bool {
	return !slices.ContainsFunc(v.Members, func(m jsontree.Member) bool { return !slices.Contains(names, m.Name) })
}

// mostStrangers are named.
const mostStrangers = 5

// strangers are the members whose place among others nobody has documented.
func strangers(root *jsontree.Node) []string {
	var found []string
	add := func(name string) {
		if name = strconv.Quote(name); !slices.Contains(found, name) && len(found) < mostStrangers {
			found = append(found, name)
		}
	}
	var walk func(v *jsontree.Node, holder string)
	walk = func(v *jsontree.Node, holder string) {
		if v.Kind == jsontree.Object && len(v.Members) > 1 && !isSmall(v, strings.Fields(amountOrders[0])) && !isSmall(v, strings.Fields(resultOrders[0])) {
			for _, m := range v.Members {
				if !placed(m.Name, holder) {
					add(m.Name)
				}
			}
		}
		for _, m := range v.Members {
			walk(m.Value, m.Name)
		}
		for _, item := range v.Items {
			walk(item, holder)
		}
	}
	walk(root, "")
	return found
}

// placed says whether the place of a member is known.
func placed(name, holder string) bool {
	if holder != "" {
		return slices.Contains(known().objects[holder], name)
	}
	return slices.ContainsFunc(known().roots, func(names []string) bool { return slices.Contains(names, name) })
}

// sorted says whether the members of all objects stand in the order of the
// alphabet, in a message with enough of them that it is no chance.
func sorted(v *jsontree.Node) bool {
	const enough = 4
	return v != nil && v.Kind == jsontree.Object && len(v.Members) >= enough && inAlphabet(v)
}

func inAlphabet(v *jsontree.Node) bool {
	if v.Kind == jsontree.Object && !slices.IsSortedFunc(v.Members, func(a, b jsontree.Member) int { return strings.Compare(a.Name, b.Name) }) {
		return false
	}
	return !slices.ContainsFunc(v.Members, func(m jsontree.Member) bool { return !inAlphabet(m.Value) }) &&
		!slices.ContainsFunc(v.Items, func(item *jsontree.Node) bool { return !inAlphabet(item) })
}
