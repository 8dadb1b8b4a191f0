// Functions of the first releases, and a certificate.
// finds: file "config/app.json"
// finds: file "cert.pem"
// finds: file "key.pem"
package main

import (
	"crypto/tls"
	"fmt"
	"io/ioutil"
)

func main() {
	fmt.Println(ioutil.ReadFile("config/app.json"))
	_, err := tls.LoadX509KeyPair("cert.pem", "key.pem")
	fmt.Println(err)
}
