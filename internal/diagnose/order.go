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

// mostOrdered limits the bytes that are written in other orders, and mostPaired how
// many orders are tried together with other changes.
const (
	mostOrdered = 24 << 20
	mostPaired  = 6
)

// otherOrder tries the documented and known orders of members, combined with
// whitespace and escapes.
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
					return append(changes, change{part: partNone}) // not all were tried
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

// The orders in answers of the emulator. Those of an inquiry and its transactions
// differ from the tables.
const (
	emulated = "result paymentStatus paymentResultCode paymentResultMessage paymentRequestId paymentId paymentAmount paymentCreateTime paymentTime " +
		"authExpiryTime paymentMethodType paymentResultInfo redirectActionForm metadata transactions"
	captured             = "result captureRequestId captureId paymentId captureAmount captureTime acquirerReferenceNo"
	refunded             = "result refundRequestId refundId paymentId refundAmount refundTime grossSettlementAmount settlementQuote acquirerReferenceNo acquirerInfo"
	refundInquired       = "result refundStatus refundRequestId refundId refundAmount refundTime metadata"
	cancelled            = "result paymentId paymentRequestId cancelTime"
	emulatedTransactions = "transactionType transactionStatus transactionRequestId transactionAmount transactionTime transactionId transactionResult"
)

// Members of two small objects whose order varies between pages.
var (
	resultOrders = [...]string{"resultStatus resultCode resultMessage", "resultCode resultStatus resultMessage", "resultCode resultMessage resultStatus",
		"resultStatus resultMessage resultCode", "resultMessage resultCode resultStatus", "resultMessage resultStatus resultCode"}
	amountOrders = [...]string{"currency value", "value currency"}
)

// roots are the known messages, with their members in Antom's order.
func roots() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[antom.PaymentNotification](), reflect.TypeFor[antom.CaptureNotification](), reflect.TypeFor[antom.RefundNotification](),
		reflect.TypeFor[antom.AuthorizationNotification](), reflect.TypeFor[antom.VaultingNotification](), reflect.TypeFor[antom.DisputeNotification](),
		reflect.TypeFor[antom.Payment](), reflect.TypeFor[antom.Session](), reflect.TypeFor[antom.SessionRequest](),
	}
}

// shapes are the members of messages and of their objects.
type shapes struct {
	roots   [][]string
	objects map[string][]string // by the name of the member that holds the object
}

// known derives the shapes from the types, once.
var known = sync.OnceValue(func() shapes {
	s := shapes{objects: map[string][]string{}}
	for _, t := range roots() {
		names := s.collect(t)
		if !slices.Contains(names, "result") {
			names = append([]string{"result"}, names...) // answers begin with it
		}
		s.roots = append(s.roots, names)
	}
	for _, text := range [...]string{documented, emulated, captured, refunded, refundInquired, cancelled} {
		s.roots = append(s.roots, strings.Fields(text))
	}
	return s
})

// collect returns the members of a type and records those of its objects.
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
			s.objects[name] = nil // for a type that contains itself
			if members := s.collect(inner); len(members) > 0 {
				s.objects[name] = members
			} else {
				delete(s.objects, name) // an amount or a time, which have their own encoding
			}
		}
	}
	return names
}

// likeliest are the roots that contain most members of a message.
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

// How objects inside a message are ordered.
const (
	asGiven = iota
	byTable
	byEmulator
	byAlphabet
)

// ordering is an order of all members of a message.
type ordering struct {
	outer  []string // of the message itself; nil for the same as the inner objects
	inner  int
	result []string
	amount []string
}

// orderings are the orders to try, the likeliest first: those of the tables and of the
// emulator, and the alphabetical order of the guide's samples; each with every order of
// result and amounts.
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

// apply returns a value with the members of its objects in this order. The holder is
// the name of the member that contains it, "" for the message.
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

// place is the rank of a member; unknown members keep their order at the end.
func place(names []string, m jsontree.Member) int {
	if i := slices.Index(names, m.Name); i >= 0 {
		return i
	}
	return len(names)
}

// names is the order of the members of an object; nil for no change.
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

// isSmall reports whether an object has no other members than these.
func isSmall(v *jsontree.Node, names []string) bool {
	return !slices.ContainsFunc(v.Members, func(m jsontree.Member) bool { return !slices.Contains(names, m.Name) })
}

// mostStrangers is how many unknown members are named.
const mostStrangers = 5

// strangers are the members whose position is not documented.
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

// placed reports whether the position of a member is known.
func placed(name, holder string) bool {
	if holder != "" {
		return slices.Contains(known().objects[holder], name)
	}
	return slices.ContainsFunc(known().roots, func(names []string) bool { return slices.Contains(names, name) })
}

// sorted reports whether the members of all objects are in alphabetical order, in a
// message with enough members to exclude coincidence.
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
