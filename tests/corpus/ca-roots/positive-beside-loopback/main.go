// It asks itself without TLS, and others with it.
// finds: trusted certificates
// targets: linux/amd64 linux/arm64
package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
)

func main() {
	fmt.Println(http.Get("http://127.0.0.1:8080/health"))
	fmt.Println(tls.Dial("tcp", "192.0.2.1:443", nil))
}
