// The server reads its certificate and its key.
// finds: file "cert.pem"
// finds: file "/etc/app/key.pem"
// go: 1.17
package main

import (
	"fmt"
	"net/http"
)

func main() {
	fmt.Println(http.ListenAndServeTLS(":443", "cert.pem", "/etc/app/key.pem", nil))
}
