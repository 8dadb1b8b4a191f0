// Roots of its own satisfy the client.
package main

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
)

func init() {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(os.Getenv("ROOTS")))
	x509.SetFallbackRoots(pool)
}

func main() {
	fmt.Println(http.Get("https://example.com/"))
}
