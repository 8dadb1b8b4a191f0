// A check of its own health wants no TLS, but that nothing else is asked does not show.
// finds: trusted certificates
// targets: linux/amd64 linux/arm64
// go: 1.13
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
)

func check() error {
	request, err := http.NewRequestWithContext(context.Background(), "GET", "http://localhost:8080/health", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func main() {
	if len(os.Args) > 1 {
		fmt.Println(check())
		return
	}
	fmt.Println(http.Get("http://127.0.0.1:9090/metrics"))
	log.Fatal(http.ListenAndServe(":8080", nil))
}
