// finds: trusted certificates
// targets: linux/amd64 linux/arm64
package main

import (
	"crypto/x509"
	"fmt"
)

func main() {
	pool, err := x509.SystemCertPool()
	fmt.Println(pool.Equal(x509.NewCertPool()), err)
}
