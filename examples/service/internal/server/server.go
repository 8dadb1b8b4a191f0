// Package server is the service itself: its pages, and its life from the first
// connection to the last.
package server

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"example.com/service/internal/cert"
	"example.com/service/internal/config"
)

var (
	//go:embed web/index.html
	indexHTML []byte
	//go:embed web/style.css
	styleCSS []byte
)

// Build identifies the program, as GET /version shows it.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Date    string `json:"date"`
}

// Server serves the pages of the service.
type Server struct {
	Config config.Config
	Build  Build
	Log    *slog.Logger
	// PlainHTTP turns TLS off, for use behind a proxy that ends it.
	PlainHTTP bool
}

// Handler returns the routes of the service, with their log.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", asset("text/html; charset=utf-8", indexHTML))
	mux.Handle("GET /style.css", asset("text/css; charset=utf-8", styleCSS))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		json.NewEncoder(w).Encode(s.Build)
	})
	return s.logged(secured(mux))
}

// Run serves on the listener until the context ends, and then lets the requests
// that are running finish within the configured time. It closes the listener.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	limits := s.Config.Timeouts
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: limits.ReadHeader,
		ReadTimeout:       limits.Read,
		WriteTimeout:      limits.Write,
		IdleTimeout:       limits.Idle,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	serve, scheme := srv.Serve, "http"
	if !s.PlainHTTP {
		conf, err := cert.Server()
		if err != nil {
			listener.Close()
			return err
		}
		srv.TLSConfig, scheme = conf, "https"
		serve = func(l net.Listener) error { return srv.ServeTLS(l, "", "") }
	}

	failed := make(chan error, 1)
	go func() { failed <- serve(listener) }()
	s.Log.Info("listening", "url", fmt.Sprintf("%s://%s", scheme, listener.Addr()), "version", s.Build.Version)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.Log.Info("stopping", "within", limits.Shutdown.String())
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), limits.Shutdown)
	defer cancel()
	if err := srv.Shutdown(limit); err != nil {
		return errors.Join(fmt.Errorf("requests were still running: %w", err), srv.Close())
	}
	s.Log.Info("stopped")
	return nil
}

// asset serves an embedded file. The type is stated: guessing it from a name
// would ask the system's own tables.
func asset(contentType string, body []byte) http.Handler {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write(body)
	})
}

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// statusWriter remembers what was answered, for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer underneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorder, r)
		s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", recorder.status),
			slog.String("remote", r.RemoteAddr),
			slog.Duration("took", time.Since(start)))
	})
}
