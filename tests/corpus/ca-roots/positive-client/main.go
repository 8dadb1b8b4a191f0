// tls.Client is small enough to be inlined, so its own name leads nowhere.
// finds: trusted certificates
// targets: linux/amd64 linux/arm64
// wrong before 1.12: a connection holds nothing by which a client's is told from a server's
package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
)

func main() {
	plain, err := net.Dial("tcp", "192.0.2.1:443")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(tls.Client(plain, &tls.Config{ServerName: "example.com"}).Handshake())
}
