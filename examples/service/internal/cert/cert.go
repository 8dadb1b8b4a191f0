// Package cert holds the certificate that is compiled into the program: it
// serves with it, and its own health check trusts it and nothing else.
//
// The key is in the repository and in every binary. It is for demonstrations.
package cert

import (
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"errors"
)

//go:generate go run gen.go

var (
	//go:embed demo.cert.pem
	certPEM []byte
	//go:embed demo.key.pem
	keyPEM []byte
)

// ServerName is a name that the certificate is valid for.
const ServerName = "localhost"

// Server returns the TLS configuration of a server.
func Server() (*tls.Config, error) {
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{pair},
	}, nil
}

// Client returns the TLS configuration of a client that accepts only the
// embedded certificate, whatever address the server was reached at. It needs no
// roots of the system.
func Client() (*tls.Config, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(certPEM) {
		return nil, errors.New("cert: no certificate in the embedded file")
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		RootCAs:    pool,
		ServerName: ServerName,
	}, nil
}
