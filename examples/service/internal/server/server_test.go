package server

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/service/internal/cert"
	"example.com/service/internal/config"
)

func newServer(t *testing.T) *Server {
	t.Helper()
	conf, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	return &Server{
		Config: conf,
		Build:  Build{Version: "v1.2.3", Commit: "abc", Date: "today"},
		Log:    slog.New(slog.DiscardHandler),
	}
}

func TestHandler(t *testing.T) {
	handler := newServer(t).Handler()
	for _, test := range []struct {
		method, path string
		status       int
		contentType  string
		body         string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "<h1>service</h1>"},
		{"GET", "/style.css", 200, "text/css; charset=utf-8", "font:"},
		{"GET", "/healthz", 200, "text/plain; charset=utf-8", "ok\n"},
		{"GET", "/version", 200, "application/json", `{"version":"v1.2.3","commit":"abc","date":"today"}`},
		{"GET", "/absent", 404, "text/plain; charset=utf-8", "not found"},
		{"POST", "/healthz", 405, "text/plain; charset=utf-8", "Not Allowed"},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
			if w.Code != test.status {
				t.Errorf("status %d, want %d", w.Code, test.status)
			}
			if got := w.Header().Get("Content-Type"); got != test.contentType {
				t.Errorf("type %q, want %q", got, test.contentType)
			}
			if !strings.Contains(w.Body.String(), test.body) {
				t.Errorf("body %q lacks %q", w.Body, test.body)
			}
		})
	}
}

func TestNotModified(t *testing.T) {
	handler := newServer(t).Handler()
	first := httptest.NewRecorder()
	handler.ServeHTTP(first, httptest.NewRequest("GET", "/", nil))
	again := httptest.NewRequest("GET", "/", nil)
	again.Header.Set("If-None-Match", first.Header().Get("ETag"))
	second := httptest.NewRecorder()
	handler.ServeHTTP(second, again)
	if second.Code != http.StatusNotModified || second.Body.Len() != 0 {
		t.Errorf("got %d with %d bytes", second.Code, second.Body.Len())
	}
}

func TestRunCheckAndStop(t *testing.T) {
	for _, test := range []struct {
		name  string
		plain bool
	}{{"https", false}, {"http", true}} {
		t.Run(test.name, func(t *testing.T) {
			server := newServer(t)
			server.PlainHTTP = test.plain
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			addr := listener.Addr().String()
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- server.Run(ctx, listener) }()

			if err := Check(t.Context(), addr, test.plain); err != nil {
				t.Error(err)
			}
			if err := Check(t.Context(), addr, !test.plain); err == nil {
				t.Error("the other scheme is healthy too")
			}
			stop()
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("it does not stop")
			}
			if err := Check(t.Context(), addr, test.plain); err == nil {
				t.Error("healthy after the end")
			}
		})
	}
}

func TestCheckRefusesStrangers(t *testing.T) {
	stranger := httptest.NewUnstartedServer(newServer(t).Handler())
	stranger.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	stranger.StartTLS()
	defer stranger.Close()
	err := Check(t.Context(), stranger.Listener.Addr().String(), false)
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v, want a certificate error", err)
	}
}

func TestCheckWantsSuccess(t *testing.T) {
	ill := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "full")
	}))
	conf, err := cert.Server()
	if err != nil {
		t.Fatal(err)
	}
	ill.TLS = conf
	ill.StartTLS()
	defer ill.Close()
	err = Check(t.Context(), ill.Listener.Addr().String(), false)
	if err == nil || !strings.Contains(err.Error(), `503 Service Unavailable: "full"`) {
		t.Errorf("got %v, want the status and the body", err)
	}
}

func TestDialable(t *testing.T) {
	for addr, want := range map[string]string{
		":8443":          "127.0.0.1:8443",
		"0.0.0.0:8443":   "127.0.0.1:8443",
		"[::]:8443":      "[::1]:8443",
		"[::1]:8443":     "[::1]:8443",
		"127.0.0.1:8443": "127.0.0.1:8443",
		"10.1.2.3:80":    "10.1.2.3:80",
	} {
		if got, err := dialable(addr); err != nil || got != want {
			t.Errorf("dialable(%q) = %q, %v; want %q", addr, got, err, want)
		}
	}
	if _, err := dialable("8443"); err == nil {
		t.Error("an address without a colon was accepted")
	}
}
