// Package explain says what a code means and what to do about it. It reads the tables that the
// client itself uses. Tables of other packages, such as the exit codes and the emulator's, are
// passed to [New]. It works offline.
package explain

import (
	"slices"
	"strings"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// Kind says which list a code is in.
type Kind string

// The lists of codes.
const (
	KindResult  Kind = "result"  // result.resultCode of an answer, paymentResultCode
	KindSDK     Kind = "web-sdk" // codes of the web SDK
	KindNotify  Kind = "notification"
	KindRefusal Kind = "card-refusal" // raw codes of the card's issuer or scheme
	KindExit    Kind = "exit"         // exit codes of antom
)

// Kinds are the lists, in the order in which they are shown.
func Kinds() []Kind { return []Kind{KindResult, KindSDK, KindNotify, KindRefusal, KindExit} }

// Retry says whether a call may be repeated.
type Retry = antom.Retry

// The verdicts on repeating a call.
const (
	Never   = antom.RetryNever
	SameID  = antom.RetrySameID
	NewID   = antom.RetryNewID
	Inquire = antom.RetryInquire
	Fix     = antom.RetryFix
)

// Entry is what is known of a code in one list.
type Entry struct {
	Code       string   `json:"code"`
	Kind       Kind     `json:"kind"`
	Status     string   `json:"status,omitempty"`     // S, F or U; of the web SDK: result, status, error or answer
	Operations []string `json:"operations,omitempty"` // operations and fields that the code stands in
	Retry      Retry    `json:"retry,omitempty"`
	Meaning    string   `json:"meaning"`
	Next       string   `json:"next,omitempty"`     // what to do
	Buyer      string   `json:"buyer,omitempty"`    // what to tell the buyer
	Emulator   []string `json:"emulator,omitempty"` // commands that provoke it
	Source     string   `json:"source,omitempty"`   // where it is documented
	Aliases    []string `json:"aliases,omitempty"`
	Differs    []Differ `json:"differs,omitempty"` // operations with another verdict
	Dispute    string   `json:"dispute,omitempty"` // what Antom's pages disagree about
	Causes     []Cause  `json:"causes,omitempty"`  // messages that tell several causes apart
}

// Differ is the verdict of one operation that differs from the code's own.
type Differ struct {
	Operation string `json:"operation"`
	Retry     Retry  `json:"retry"`
	Next      string `json:"next"`
}

// Cause is the meaning of a code with a message that begins in a certain way. An empty message
// stands for all others.
type Cause struct {
	Message string `json:"message"`
	Meaning string `json:"meaning"`
	Next    string `json:"next"`
}

// Exit is an exit code of the program.
type Exit struct {
	Code, Name, Meaning string
	Provoke             []string // commands that end with it
}

// Sources are the tables of packages that this one does not import.
type Sources struct {
	Exits     []Exit
	Scenarios func(antom.Operation) []string // codes that the emulator can answer an operation with
	Outcomes  []string                       // codes that a payment on the emulator can end with
	// Refusals returns the outcomes for which the emulator reports a raw refusal code.
	Refusals func(kind antom.RefusalKind, code string) []string
}

// Book is all that is known of codes.
type Book struct{ entries []Entry }

// New makes the book, ordered by list and code.
func New(from Sources) *Book {
	return &Book{slices.Concat(results(from), sdkEvents(), notifications(), refusals(from), exits(from.Exits))}
}

// Entries returns what the book has, of one list or, with "", of all.
func (b *Book) Entries(kind Kind) []Entry {
	return slices.DeleteFunc(slices.Clone(b.entries), func(e Entry) bool { return kind != "" && e.Kind != kind })
}

// Lookup finds a code in all lists, by its name or another spelling. Case does not matter.
func (b *Book) Lookup(code string) []Entry {
	return slices.DeleteFunc(slices.Clone(b.entries), func(e Entry) bool {
		return !slices.ContainsFunc(e.names(), func(name string) bool { return strings.EqualFold(name, code) })
	})
}

// names returns the spellings of a code, its own first.
func (e Entry) names() []string { return append([]string{e.Code}, e.Aliases...) }

// Nearest returns the code that was probably meant; "" if none is similar.
func (b *Book) Nearest(code string) string {
	var names []string
	for _, e := range b.entries {
		if len(e.Code) > 3 { // short codes are similar to anything
			names = append(names, e.names()...)
		}
	}
	return rules.Nearest(code, names)
}

// Search returns the entries that contain every word of a text, ignoring case.
func Search(entries []Entry, text string) []Entry {
	words := strings.Fields(strings.ToLower(text))
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool {
		has := strings.ToLower(strings.Join(append(e.names(), string(e.Kind), string(e.Retry), e.Meaning, e.Next), "\n"))
		return slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(has, word) })
	})
}

// For returns the entries that an operation can answer with. Their verdicts and commands are
// those of that operation.
func For(entries []Entry, operation antom.Operation) []Entry {
	var narrowed []Entry
	for _, e := range entries {
		if !slices.Contains(e.Operations, string(operation)) && !slices.Contains(e.Operations, placeGateway) {
			continue
		}
		for _, differ := range e.Differs {
			if differ.Operation == string(operation) {
				e.Retry, e.Next = differ.Retry, differ.Next
			}
		}
		e.Differs = nil
		if operation != antom.InquiryPayment { // the only one whose answer has the payment's result
			e.Buyer = ""
		}
		e.Emulator = slices.DeleteFunc(slices.Clone(e.Emulator), func(command string) bool {
			return !strings.HasPrefix(command, scenarioCommand+string(operation)+" ")
		})
		narrowed = append(narrowed, e)
	}
	return narrowed
}

// results returns the result codes of all operations.
func results(from Sources) []Entry {
	var entries []Entry
	for _, row := range antom.ResultCodes() {
		e := Entry{
			Code: row.Code, Kind: KindResult, Status: string(row.Status), Operations: placesOf(row.Places),
			Retry: row.Retry, Meaning: row.Meaning, Next: row.Action, Source: sourceOf(row.Source), Aliases: listOf(row.Aliases),
		}
		if row.Places.Has(antom.InPaymentResult) && row.Code != antom.CodeOrderNotExist { // without a payment there is nobody to tell
			e.Buyer = buyerText(row.Class)
		}
		for _, special := range antom.Differences() {
			if special.Code == row.Code {
				e.Differs = append(e.Differs, Differ{strings.Join(placesOf(special.In), ","), special.Retry, special.Action})
			}
		}
		e.Emulator = provoke(row, from)
		entries = append(entries, e)
	}
	return entries
}

// payCommand begins the command that ends a payment on the emulator with a code.
const payCommand = `antom emulator pay "$id" --outcome `

// scenarioCommand begins the command that makes the emulator answer with a code.
const scenarioCommand = "antom emulator scenario "

// provoke returns commands for which the emulator gives a code: first as the result of a
// payment, then as the answer of an operation. It names no test cards, so that the output has
// no card numbers.
func provoke(row antom.ResultCode, from Sources) []string {
	var commands []string
	if slices.Contains(from.Outcomes, row.Code) {
		commands = append(commands, payCommand+row.Code)
	}
	if from.Scenarios == nil || row.Status == antom.StatusS {
		return commands
	}
	for _, operation := range antom.Operations() {
		if slices.Contains(from.Scenarios(operation), row.Code) {
			commands = append(commands, scenarioCommand+string(operation)+" "+row.Code)
		}
	}
	return commands
}

func sdkEvents() []Entry {
	var entries []Entry
	for _, row := range antom.SDKEvents() {
		e := Entry{
			Code: row.Code, Kind: KindSDK, Status: string(row.Kind), Meaning: row.Meaning, Next: row.Action,
			Source: sourceOf(row.Source), Aliases: listOf(row.Aliases), Dispute: row.Dispute,
		}
		if row.Inquire {
			e.Retry = Inquire
		}
		e.Emulator = sdkWaysOf(row.Code)
		for _, cause := range antom.SDKCauses(row.Code) {
			e.Causes = append(e.Causes, Cause{cause.Message, cause.Meaning, cause.Action})
		}
		entries = append(entries, e)
	}
	return entries
}

func notifications() []Entry {
	var entries []Entry
	for _, row := range antom.NotifyMeanings() {
		e := Entry{Code: string(row.Type), Kind: KindNotify, Operations: []string{row.Field}, Meaning: row.Meaning, Next: row.Action, Source: sourceOf(row.Source)}
		e.Emulator = []string{`antom notify send "$url" --type ` + e.Code}
		entries = append(entries, e)
	}
	return entries
}

func refusals(from Sources) []Entry {
	var entries []Entry
	for _, row := range antom.RefusalCodes() {
		e := Entry{
			Code: row.Code, Kind: KindRefusal, Operations: []string{string(row.Kind)}, Retry: retryOf(row.Class),
			Meaning: row.Meaning, Next: row.Action, Buyer: buyerText(row.Class), Source: sourceRefusal,
		}
		if from.Refusals != nil {
			for _, outcome := range from.Refusals(row.Kind, row.Code) {
				e.Emulator = append(e.Emulator, payCommand+outcome)
			}
		}
		entries = append(entries, e)
	}
	return entries
}

func exits(codes []Exit) []Entry {
	var entries []Entry
	for _, row := range codes {
		entries = append(entries, Entry{Code: row.Code, Kind: KindExit, Status: row.Name, Meaning: row.Meaning, Emulator: row.Provoke, Source: "antom help exit-codes"})
	}
	return entries
}
