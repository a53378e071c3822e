package sign

import "fmt"

// Reason is the id of the reason why a message was refused. The ids are stable.
type Reason string

// The reasons for refusing a message. [PublicKey.Verify] returns all but two of them.
const (
	SignatureMissing   Reason = "signature-missing"
	SignatureMalformed Reason = "signature-malformed"
	AlgorithmUnknown   Reason = "algorithm-unknown"
	ClientIDMissing    Reason = "client-id-missing"
	HeaderDoubled      Reason = "header-doubled"  // detected by the caller: Verify gets one value of each header
	ClientIDOther      Reason = "client-id-other" // detected by the caller: Verify does not know the expected client
	TimeMissing        Reason = "time-missing"
	TimeMalformed      Reason = "time-malformed"
	Mismatch           Reason = "mismatch"
)

// Error reports why a message was refused. Compare reasons with errors.Is:
//
//	errors.Is(err, &sign.Error{Reason: sign.Mismatch})
type Error struct {
	Reason Reason
	// Matches is true if the signature matches these bytes and the message is refused for its
	// algorithm, its time or its client.
	Matches bool

	detail     string
	keyVersion string // named by the header, for a mismatch
}

func malformed(format string, args ...any) *Error {
	return &Error{Reason: SignatureMalformed, detail: fmt.Sprintf(format, args...)}
}

// NewError returns an error for a reason that was found outside this package, such as a
// response with only one of its two headers.
func NewError(reason Reason, detail string) *Error {
	return &Error{Reason: reason, detail: detail}
}

// reasons describe each reason: what is wrong, and how to fix it.
var reasons = [...]struct {
	reason Reason
	text   string
	hint   string
}{
	{SignatureMissing, "the signature header is missing",
		"pass on the signature header unchanged; proxies and frameworks may drop or rename it"},
	{SignatureMalformed, "the signature header is malformed",
		"pass on the signature header unchanged: algorithm=RSA256,keyVersion=1,signature=<percent-encoded base64>"},
	{AlgorithmUnknown, "the signature algorithm is unknown",
		"Antom signs with RSA256 only"},
	{HeaderDoubled, "a header that must occur once occurs more than once",
		"it is ambiguous which value is meant: let proxies and frameworks pass on the header unchanged, once"},
	{ClientIDMissing, "the client id is missing",
		"the client-id header is part of the signed data: pass it on unchanged"},
	{ClientIDOther, "the message is for another client id",
		"don't act on it: it is for another client; if that client id is also yours, use its profile"},
	{TimeMissing, "the time header is missing",
		"pass on the request-time header of a notification, the response-time header of a response"},
	{TimeMalformed, "the time header is malformed",
		"a time is 13 digits (epoch milliseconds) or ISO 8601 with a zone, exactly as in the header"},
	{Mismatch, "the signature does not match",
		"check the public key (test or live, Antom's and not your own), the path with its query, and that the body is the raw bytes"},
}

func (r Reason) row() (text, hint string) {
	for _, row := range reasons {
		if row.reason == r {
			return row.text, row.hint
		}
	}
	return string(r), ""
}

// Error describes in one line what is wrong, and with what.
func (e *Error) Error() string {
	text, _ := e.Reason.row()
	if e.Matches {
		text = "the signature matches, but " + text
	}
	switch {
	case e.detail == "":
		return text
	case e.Reason == AlgorithmUnknown || e.Reason == TimeMalformed:
		return fmt.Sprintf("%s: %q", text, e.detail)
	}
	return text + ": " + e.detail
}

// Hint returns how to fix it.
func (e *Error) Hint() string {
	_, hint := e.Reason.row()
	if e.keyVersion != "" && e.keyVersion != firstKeyVersion {
		hint = fmt.Sprintf("the header names key version %q: if the key was replaced, use the new public key from Antom's Dashboard; otherwise %s", e.keyVersion, hint)
	}
	return hint
}

// firstKeyVersion is the version of a key that was never replaced (G24).
const firstKeyVersion = "1"

// Is reports whether target is an [*Error] with the same reason.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Reason == e.Reason
}

// signatureOpen reports whether the signature must still be checked for this reason, to set
// Matches.
func (e *Error) signatureOpen() bool {
	return e.Reason == AlgorithmUnknown || e.Reason == TimeMalformed
}

// KeyReason is the id of the reason why a text is not a key for its purpose.
type KeyReason string

// The reasons for refusing a key.
const (
	KeyEmpty          KeyReason = "key-empty"
	KeyUnreadable     KeyReason = "key-unreadable"
	KeyEncrypted      KeyReason = "key-encrypted"
	KeyNotRSA         KeyReason = "key-not-rsa"
	KeyTooShort       KeyReason = "key-too-short"
	KeyIsPublic       KeyReason = "key-is-public"
	KeyIsPrivate      KeyReason = "key-is-private"
	KeyIsCertificate  KeyReason = "key-is-certificate"
	KeyIsRequest      KeyReason = "key-is-certificate-request"
	KeyIsOpenSSH      KeyReason = "key-is-openssh"
	KeyIsPuTTY        KeyReason = "key-is-putty"
	KeyIsPGP          KeyReason = "key-is-pgp"
	KeyIsPKCS12       KeyReason = "key-is-pkcs12"
	KeyIsKeyStore     KeyReason = "key-is-keystore"
	KeyCutOff         KeyReason = "key-cut-off"
	KeySeveral        KeyReason = "key-several"
	KeyUnusable       KeyReason = "key-unusable"
	KeyVersionInvalid KeyReason = "key-version-invalid"
)

// KeyError reports why a text is not a key for its purpose. It never contains any of the text.
type KeyError struct {
	Reason KeyReason
	detail string
}

var keyReasons = [...]struct {
	reason KeyReason
	text   string
	hint   string
}{
	{KeyEmpty, "the key is empty",
		"paste the key as Antom's Dashboard shows it, or name a PEM file"},
	{KeyUnreadable, "this is not a key",
		"a key is a PEM file or one line of base64 (PKCS#8 or PKCS#1 private, SPKI public)"},
	{KeyEncrypted, "the private key is encrypted with a passphrase",
		"decrypt it first: openssl pkcs8 -topk8 -nocrypt -in key.pem -out plain.pem (with -inform DER for a binary file)"},
	{KeyNotRSA, "the key is not an RSA key",
		"Antom signs with RSA only: openssl genrsa -out key.pem 2048"},
	{KeyTooShort, "the RSA key is too short",
		"Antom requires at least 2048 bits: openssl genrsa -out key.pem 2048"},
	{KeyIsPublic, "this is a public key where a private key belongs",
		"the private key of the pair is needed, and can't be derived from the public one; Antom's Dashboard shows it once, when it is created"},
	{KeyIsPrivate, "this is a private key where a public key belongs",
		"Antom's public key is needed, which the Dashboard shows; to print the public key of your own pair: antom key show FILE --format pem"},
	{KeyIsCertificate, "this is a certificate, not a key",
		"a bare public key is needed: openssl x509 -pubkey -noout -in cert.pem"},
	{KeyIsRequest, "this is a certificate request, not a key",
		"a bare public key is needed: openssl req -pubkey -noout -in request.csr"},
	{KeyIsOpenSSH, "this is a key in OpenSSH format",
		"Antom's keys are PEM: ssh-keygen -p -m PKCS8 -f COPY rewrites a private key in place, ssh-keygen -e -m PKCS8 -f KEY.pub writes a public one"},
	{KeyIsPuTTY, "this is a key in PuTTY format",
		"convert it: puttygen key.ppk -O private-openssh -o key && ssh-keygen -p -m PKCS8 -f key"},
	{KeyIsPGP, "this is a PGP key",
		"Antom signs with plain RSA keys: openssl genrsa -out key.pem 2048"},
	{KeyIsPKCS12, "this is a PKCS#12 store (.p12, .pfx)",
		"extract the private key: openssl pkcs12 -in store.p12 -nocerts -nodes -out key.pem; or the public one: openssl pkcs12 -in store.p12 -clcerts -nokeys | openssl x509 -pubkey -noout"},
	{KeyIsKeyStore, "this is a Java key store (JKS)",
		"convert it: keytool -importkeystore -srckeystore store.jks -destkeystore store.p12 -deststoretype PKCS12 && openssl pkcs12 -in store.p12 -nocerts -nodes -out key.pem"},
	{KeyCutOff, "a part of the key is missing",
		"copy the whole key again: a private key of 2048 bits is one line of about 1,620 characters, a public key of about 390"},
	{KeySeveral, "the text contains several keys of this kind",
		"keep one of them, or name the right one ANTOM_PRIVATE_KEY or ANTOM_PUBLIC_KEY"},
	{KeyUnusable, "the RSA key can't be used",
		"create a new pair in Antom's Dashboard and register its public key"},
	{KeyVersionInvalid, "the key version must be 1 or more",
		"Antom's Dashboard shows the version next to the key; use 1 unless the key was replaced"},
}

func (r KeyReason) row() (text, hint string) {
	for _, row := range keyReasons {
		if row.reason == r {
			return row.text, row.hint
		}
	}
	return string(r), ""
}

// Error describes in one line what is wrong with the key.
func (e *KeyError) Error() string {
	text, _ := e.Reason.row()
	if e.detail == "" {
		return text
	}
	return text + ": " + e.detail
}

// Hint returns how to get a suitable key.
func (e *KeyError) Hint() string {
	_, hint := e.Reason.row()
	return hint
}

// Is reports whether target is a [*KeyError] with the same reason.
func (e *KeyError) Is(target error) bool {
	other, ok := target.(*KeyError)
	return ok && other.Reason == e.Reason
}
