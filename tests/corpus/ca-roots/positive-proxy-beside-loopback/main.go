// A reverse proxy asks any server, beside a check of the own health.
// finds: trusted certificates
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"os"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println(http.Get("http://127.0.0.1:8080/health"))
		return
	}
	proxy := &httputil.ReverseProxy{Director: func(request *http.Request) {
		request.URL.Scheme, request.URL.Host = "https", os.Getenv("UPSTREAM")
	}}
	fmt.Println(http.ListenAndServe(":8080", proxy))
}
