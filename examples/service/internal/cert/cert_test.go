package cert

import (
	"crypto/x509"
	"testing"
	"time"
)

func TestCertificate(t *testing.T) {
	conf, err := Server()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(conf.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ServerName, "127.0.0.1", "::1"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Errorf("not valid for %s: %v", name, err)
		}
	}
	if leaf.IsCA {
		t.Error("the certificate is an authority")
	}
	if until := time.Now().AddDate(20, 0, 0); leaf.NotAfter.Before(until) {
		t.Errorf("ends on %s, within twenty years", leaf.NotAfter)
	}

	client, err := Client()
	if err != nil {
		t.Fatal(err)
	}
	opts := x509.VerifyOptions{Roots: client.RootCAs, DNSName: client.ServerName}
	if _, err := leaf.Verify(opts); err != nil {
		t.Errorf("the client does not trust the server: %v", err)
	}
}
