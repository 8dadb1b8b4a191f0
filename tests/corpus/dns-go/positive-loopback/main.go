// A check of its own health, by a number: that nothing else is asked does not show.
// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net/http"
)

func main() {
	fmt.Println(http.Get("http://127.0.0.1:8080/health"))
}
