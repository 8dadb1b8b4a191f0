// Wants to trust the certificate of an authority that it is given.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"log"
	"os"
	"time"
)

func main() {
	block, _ := pem.Decode([]byte(os.Args[1]))
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	_, err = certificate.Verify(x509.VerifyOptions{
		CurrentTime: certificate.NotBefore.Add(time.Hour),
		KeyUsages:   []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		log.Fatal(err)
	}
}
