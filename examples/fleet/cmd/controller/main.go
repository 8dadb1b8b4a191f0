// Controller knows the agents of a fleet and hands them their tasks. It keeps
// everything in memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/fleet/v2/internal/api"
	"example.com/fleet/v2/internal/build"
	"example.com/fleet/v2/internal/store"
)

// Set by the linker for special builds: -X main.role=standby
var role = "controller"

// pollTime is how long an agent without tasks is kept waiting for one.
const pollTime = 25 * time.Second

func main() {
	version := flag.Bool("version", false, "print the version and exit")
	addr := flag.String("addr", "127.0.0.1:7070", "the `address` to listen at")
	flag.Parse()
	if *version {
		fmt.Println(build.Describe("controller", role))
		return
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, log); err != nil {
		log.Error("failed", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr string, log *slog.Logger) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           api.Handler(store.New(), log, pollTime),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      pollTime + 10*time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		// Agents that wait for a task stop waiting when the controller stops.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.Info("listening", "addr", listener.Addr().String(), "role", role, "version", build.Version)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		return errors.Join(err, server.Close())
	}
	log.Info("stopped")
	return nil
}
