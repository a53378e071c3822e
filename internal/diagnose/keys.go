package diagnose

import (
	"net/http"
	"slices"
	"strings"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/antom"
)

// signer returns who signs messages of a kind.
func signer(kind intake.Kind) Owner {
	if kind == intake.Request {
		return Merchant
	}
	return Antom
}

// used returns the key that the message was verified with. If its owner is unknown, it
// may be known under another name.
func (c *Case) used() Key {
	if len(c.Keys) == 0 {
		return Key{}
	}
	used := c.Keys[0]
	for _, key := range c.Keys[1:] {
		if used.Owner == "" && key.Public.Equal(used.Public) {
			used.Owner, used.Test = key.Owner, key.Test
		}
	}
	return used
}

// others returns the keys of an owner other than the one used.
func (c *Case) others(owner Owner) []*Key {
	var found []*Key
	for i := range c.Keys {
		if key := &c.Keys[i]; i > 0 && key.Owner == owner && !key.Public.Equal(c.Keys[0].Public) {
			found = append(found, key)
		}
	}
	return found
}

func asKeys(keys []*Key) []change {
	var changes []change
	for _, key := range keys {
		changes = append(changes, change{part: partKey, key: key, from: key.Name})
	}
	return changes
}

func opposite(owner Owner) Owner {
	if owner == Antom {
		return Merchant
	}
	return Antom
}

// otherKind tries the key of the other party, and the time header of another kind of
// message.
func otherKind(c *Case) []change {
	m := c.Message
	var changes []change
	if c.used().Owner != opposite(signer(m.Kind)) {
		changes = asKeys(c.others(opposite(signer(m.Kind))))
	}
	for i := range changes {
		changes[i].text = ", like a notification or a response"
		if changes[i].key.Owner == Merchant {
			changes[i].text = ", like a request"
		}
	}
	if m.Kind != intake.Response && m.Header.Get(antom.HeaderRequestTime) == "" && m.Header.Get(antom.HeaderResponseTime) != "" {
		changes = append(changes, change{part: partTime, text: m.Header.Get(antom.HeaderResponseTime), from: "it has response-time, as responses do"})
	}
	return changes
}

func ownKey(c *Case) []change {
	if !c.usesOwnKey() {
		return nil
	}
	return asKeys(c.others(Antom))
}

// usesOwnKey reports whether a message from Antom was verified with a key that is known
// to be a merchant's, however it is configured.
func (c *Case) usesOwnKey() bool {
	isOwn := func(key Key) bool { return key.Owner == Merchant && key.Public.Equal(c.Keys[0].Public) }
	return signer(c.Message.Kind) == Antom && slices.ContainsFunc(c.Keys, isOwn)
}

func environmentKey(c *Case) []change {
	used := c.used()
	if used.Owner == "" {
		return nil
	}
	var found []*Key
	for _, key := range c.others(signer(c.Message.Kind)) {
		if key.Test != used.Test {
			found = append(found, key)
		}
	}
	return asKeys(found)
}

func profileKey(c *Case) []change { return asKeys(c.others(signer(c.Message.Kind))) }

func otherClientID(c *Case) []change {
	given := c.Message.Header.Get(antom.HeaderClientID)
	const sandbox = "SANDBOX_"
	known := append([]Known{
		{strings.TrimSpace(given), "without blanks"}, {strings.ToUpper(given), "in capitals"}, {strings.ToLower(given), "in small letters"},
	}, c.ClientIDs...)
	if bare, found := strings.CutPrefix(given, sandbox); found {
		known = append(known, Known{bare, "without the sandbox prefix"})
	} else if given != "" {
		known = append(known, Known{sandbox + given, "with the sandbox prefix"})
	}
	return texts(partClientID, given, known)
}

// texts makes a change for each value that differs from the given one.
func texts(p part, given string, known []Known) []change {
	var changes []change
	for _, k := range known {
		if k.Value != given && k.Value != "" {
			changes = append(changes, change{part: p, text: k.Value, from: k.From})
		}
	}
	return changes
}

func otherMethod(c *Case) []change {
	given := c.Message.Method
	return texts(partMethod, given, []Known{
		{http.MethodPost, ""}, {http.MethodGet, ""}, {http.MethodPut, ""}, {strings.ToUpper(given), ""}, {"post", ""},
	})
}

func otherLayout(*Case) []change {
	var changes []change
	for _, row := range layouts {
		changes = append(changes, change{part: partLayout, text: row.name, alone: true})
	}
	return changes
}
