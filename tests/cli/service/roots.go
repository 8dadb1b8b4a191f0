//go:build needs_roots

package main

import (
	"net/http"
	"net/http/httptest"
)

// Asks another service by HTTPS. None is trusted without certificates, not even the one that is here.
func ready() error {
	other := httptest.NewTLSServer(http.NotFoundHandler())
	defer other.Close()
	answer, err := http.Get(other.URL)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
