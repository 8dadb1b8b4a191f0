// The roots are given; whether they are doesn't show, so that is only worth knowing.
package main

import (
	"crypto/x509"
	"fmt"
	"os"
)

func main() {
	der, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	fmt.Println(certificate.Verify(x509.VerifyOptions{Roots: pool}))
}
