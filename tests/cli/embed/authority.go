// Authority writes the certificate of a CA, and one of a server on this machine that it signed.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"time"
)

func main() {
	ca := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "A CA of our own"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		NotBefore:    ca.NotBefore,
		NotAfter:     ca.NotAfter,
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	caKey, serverKey := key(), key()
	write("ca.pem", "CERTIFICATE", signed(ca, ca, caKey, caKey))
	write("client/server.pem", "CERTIFICATE", signed(server, ca, serverKey, caKey))
	private, err := x509.MarshalPKCS8PrivateKey(serverKey)
	check(err)
	write("client/server.key", "PRIVATE KEY", private)
}

func key() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	return key
}

func signed(certificate, by *x509.Certificate, key, byKey *ecdsa.PrivateKey) []byte {
	der, err := x509.CreateCertificate(rand.Reader, certificate, by, &key.PublicKey, byKey)
	check(err)
	return der
}

func write(file, label string, contents []byte) {
	block := pem.EncodeToMemory(&pem.Block{Type: label, Bytes: contents})
	check(os.WriteFile(file, block, 0o600))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
