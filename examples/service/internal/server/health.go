package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"example.com/service/internal/cert"
)

// Check asks the service that listens at addr whether it is well. An address
// without a host, or with one that means every interface, is asked at the
// loopback address.
func Check(ctx context.Context, addr string, plainHTTP bool) error {
	target, err := dialable(addr)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	scheme := "http"
	if !plainHTTP {
		if transport.TLSClientConfig, err = cert.Client(); err != nil {
			return err
		}
		scheme = "https"
	}
	url := fmt.Sprintf("%s://%s/healthz", scheme, target)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 256))
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %q", url, resp.Status, body)
	}
	return nil
}

// dialable turns an address to listen at into one to connect to.
func dialable(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	switch ip := net.ParseIP(host); {
	case host == "", ip.Equal(net.IPv4zero):
		host = "127.0.0.1"
	case ip.Equal(net.IPv6unspecified):
		host = "::1"
	}
	return net.JoinHostPort(host, port), nil
}
