package emulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Lifetimes of certificates. The authority's is made once and trusted by hand, so it is long;
// the server's is made at every start, and short enough for clients that reject long ones.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	serverLife    = 90 * 24 * time.Hour
)

// authority is the emulator's own certificate authority. Its key never leaves the state
// folder. It is meant to be trusted by individual clients, not by the whole machine.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// CACertFile is the path of the authority's certificate, for clients to trust.
func (e *Emulator) CACertFile() string { return filepath.Join(e.dir, "ca.pem") }

// ServerTLS makes the settings of an https server with a certificate for localhost, 127.0.0.1,
// ::1 and the given names or addresses. The authority that signs it is made on first use.
func (e *Emulator) ServerTLS(more ...string) (*tls.Config, error) {
	signer, err := e.authority()
	if err != nil {
		return nil, fmt.Errorf("the emulator's certificate authority: %w", err)
	}
	certificate, err := signer.serverCertificate(e.now(), append([]string{"localhost", "127.0.0.1", "::1"}, more...))
	if err != nil {
		return nil, fmt.Errorf("make the server's certificate: %w", err)
	}
	return tlsConfig(certificate), nil
}

// LoadTLS makes the settings of an https server from the user's certificate and key.
func LoadTLS(certFile, keyFile string) (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificate %q with the key %q: %w", certFile, keyFile, err)
	}
	return tlsConfig(certificate), nil
}

// serverName is the name to verify in a certificate that does not cover the loopback address;
// empty if it does.
func serverName(config *tls.Config) string {
	if config == nil || len(config.Certificates) == 0 || config.Certificates[0].Leaf == nil {
		return ""
	}
	leaf := config.Certificates[0].Leaf
	if leaf.VerifyHostname("127.0.0.1") == nil || len(leaf.DNSNames) == 0 {
		return ""
	}
	return strings.Replace(leaf.DNSNames[0], "*", "emulator", 1)
}

// tlsConfig offers only HTTP/1.1: Antom's SDKs use it, and faults need a connection that no
// other call shares.
func tlsConfig(certificate tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// authority reads the certificate authority, or makes it. Key and certificate are in one file,
// so that both exist or neither; the certificate alone is also written for clients.
func (e *Emulator) authority() (*authority, error) {
	path := filepath.Join(e.dir, "ca.key.pem")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = makeAuthority(e.now()); err == nil {
			err = writeOnce(path, text)
		}
		if err == nil {
			text, err = os.ReadFile(path) // another process may have made it meanwhile
		}
	}
	if err != nil {
		return nil, err
	}
	found, err := parseAuthority(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: found.certificate.Raw})
	return found, writeFile(e.CACertFile(), public)
}

func makeAuthority(now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serialNumber(), Subject: pkix.Name{CommonName: "antom emulator of this machine"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})...), nil
}

func parseAuthority(text []byte) (*authority, error) {
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("its key is not an ECDSA key; remove the file to make a new one")
	}
	return &authority{pair.Leaf, key}, nil
}

// serverCertificate is made in memory; its key is never stored.
func (a *authority) serverCertificate(now time.Time, names []string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serialNumber(), Subject: pkix.Name{CommonName: names[0]},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(serverLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if address := net.ParseIP(name); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: key}, nil
}

func serialNumber() *big.Int {
	var bytes [16]byte
	_, _ = rand.Read(bytes[:]) // never fails
	bytes[0] &= 0x7f
	return new(big.Int).SetBytes(bytes[:])
}

// writeOnce writes a file that only its owner can read, unless it exists.
func writeOnce(path string, text []byte) error {
	temporary, err := writeTemporary(path, text)
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	if err := os.Link(temporary, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// writeFile writes a file atomically that only its owner can read.
func writeFile(path string, text []byte) error {
	temporary, err := writeTemporary(path, text)
	if err != nil {
		return err
	}
	defer os.Remove(temporary) // already gone after success
	return os.Rename(temporary, path)
}

func writeTemporary(path string, text []byte) (string, error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with mode 0600
	if err != nil {
		return "", err
	}
	_, err = temporary.Write(text)
	if err := errors.Join(err, temporary.Close()); err != nil {
		os.Remove(temporary.Name())
		return "", err
	}
	return temporary.Name(), nil
}
