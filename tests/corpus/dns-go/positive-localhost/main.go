// A check of its own health, by the name of this machine: that is in /etc/hosts.
// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net/http"
)

func main() {
	fmt.Println(http.Get("http://localhost:8080/health"))
}
