// finds: trusted certificates
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get("https://example.com/")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(response.Status)
}
