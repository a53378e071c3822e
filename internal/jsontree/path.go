package jsontree

import (
	"slices"
	"strconv"
	"strings"
)

// Path is the path of a value, such as order.goods[0].goodsName.
type Path []Step

// Step is a part of a path: a name, or the index of an item if the name is "".
type Step struct {
	Name  string
	Index int
}

// nowhere is the index of an empty part, as in order..goods, which matches nothing.
const nowhere = -1

// mostItems limits an index, so that a typo does not create a huge list.
const mostItems = 1000

// ParsePath reads a path in one of two forms: order.goods[0].goodsName, which
// [Path.String] writes, or order.goods.0.goodsName, for which dotted is true. Any other
// part is a name.
func ParsePath(text string) (path Path, dotted bool) {
	for i, part := range strings.Split(text, ".") {
		if n, ok := parseIndex(part); ok && i > 0 {
			path, dotted = append(path, Step{Index: n}), true
			continue
		}
		name, indices, _ := strings.Cut(part, "[")
		steps, ok := parseIndices(indices)
		if !ok || name == "" {
			name, steps = part, nil
		}
		first := Step{Name: name}
		if name == "" {
			first.Index = nowhere
		}
		path = append(append(path, first), steps...)
	}
	return path, dotted
}

// parseIndices reads the text after the first bracket: 0] or 0][1].
func parseIndices(text string) ([]Step, bool) {
	if text == "" {
		return nil, true
	}
	text, closed := strings.CutSuffix(text, "]")
	if !closed {
		return nil, false
	}
	var steps []Step
	for digits := range strings.SplitSeq(text, "][") {
		n, ok := parseIndex(digits)
		if !ok {
			return nil, false
		}
		steps = append(steps, Step{Index: n})
	}
	return steps, true
}

func parseIndex(digits string) (int, bool) {
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0 && n < mostItems && strconv.Itoa(n) == digits
}

// String writes the path as users and messages write it.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		switch {
		case s.Name == "" && s.Index >= 0:
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		case i > 0:
			b.WriteString("." + s.Name)
		default:
			b.WriteString(s.Name)
		}
	}
	return b.String()
}

// Overlap reports whether one of two paths contains the other, so that values for both
// would conflict.
func Overlap(a, b Path) bool {
	n := min(len(a), len(b))
	return slices.Equal(a[:n], b[:n])
}

// Step returns the value one step down; nil if there is none.
func (n *Node) Step(s Step) *Node {
	switch {
	case n == nil:
		return nil
	case s.Name != "":
		return n.Member(s.Name)
	case s.Index >= 0 && s.Index < len(n.Items):
		return n.Items[s.Index]
	}
	return nil
}

// At returns the value at a path; nil if there is none.
func (n *Node) At(p Path) *Node {
	for _, s := range p {
		n = n.Step(s)
	}
	return n
}

// OffsetAt returns the position of a path in the source; for a member, the position of
// its name. If it has none, the result is [Unplaced].
func (n *Node) OffsetAt(p Path) int {
	if len(p) == 0 {
		return n.Offset
	}
	above, last := n.At(p[:len(p)-1]), p[len(p)-1]
	if above.Step(last) == nil {
		return Unplaced
	}
	if last.Name == "" {
		return above.Items[last.Index].Offset
	}
	for _, m := range slices.Backward(above.Members) {
		if m.Name == last.Name {
			return m.Offset
		}
	}
	return Unplaced
}
