// Service is a small HTTPS service in one file: its configuration, certificate
// and pages are compiled in, so that it runs on a system that has nothing else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"example.com/service/internal/config"
	"example.com/service/internal/server"
)

// Set by the linker: -X main.version=… -X main.commit=… -X main.date=…
var (
	version = "dev"
	commit  = ""
	date    = ""
)

const usage = `Usage:
  service [serve] [--addr HOST:PORT] [--config FILE] [--insecure-http]
  service --health-check [--addr HOST:PORT] [--timeout DURATION]
  service --version

Flags:
`

type options struct {
	addr        string
	config      string
	timeout     time.Duration
	plainHTTP   bool
	healthCheck bool
	version     bool
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	opts, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if opts.version {
		b := build()
		fmt.Fprintf(stdout, "service %s (commit %s, built %s)\n", b.Version, b.Commit, b.Date)
		return 0
	}
	do := serve
	if opts.healthCheck {
		do = check
	}
	if err := do(opts, stderr); err != nil {
		fmt.Fprintf(stderr, "service: %v\n", err)
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (options, error) {
	var opts options
	flags := flag.NewFlagSet("service", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&opts.addr, "addr", "", "the `address` to listen at, or to check (default: the configuration's)")
	flags.StringVar(&opts.config, "config", "", "a TOML `file` to read on top of the built-in configuration")
	flags.DurationVar(&opts.timeout, "timeout", 3*time.Second, "how long a health check may take")
	flags.BoolVar(&opts.plainHTTP, "insecure-http", false, "use HTTP without TLS")
	flags.BoolVar(&opts.healthCheck, "health-check", false, "ask a running service whether it is well: exit 0 or 1")
	flags.BoolVar(&opts.version, "version", false, "print the version and exit")

	if len(args) > 0 && args[0] == "serve" {
		args = args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unexpected argument: %q", flags.Arg(0))
		fmt.Fprintf(stderr, "service: %v\n", err)
		flags.Usage()
		return options{}, err
	}
	return opts, nil
}

func (o options) load() (config.Config, error) {
	conf, err := config.Load(o.config)
	if o.addr != "" {
		conf.Addr = o.addr
	}
	return conf, err
}

func serve(opts options, stderr io.Writer) error {
	conf, err := opts.load()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", conf.Addr)
	if err != nil {
		return err
	}
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	srv := &server.Server{
		Config:    conf,
		Build:     build(),
		Log:       logger(conf.Log, stderr),
		PlainHTTP: opts.plainHTTP,
	}
	return srv.Run(ctx, listener)
}

func check(opts options, _ io.Writer) error {
	conf, err := opts.load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), opts.timeout)
	defer cancel()
	return server.Check(ctx, conf.Addr, opts.plainHTTP)
}

func logger(conf config.Log, w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: conf.Level}
	if conf.Format == "text" {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}

// build is what the linker was told or, failing that, what Go itself recorded
// about the repository.
func build() server.Build {
	b := server.Build{Version: version, Commit: commit, Date: date}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && b.Commit == "":
				b.Commit = s.Value
			case s.Key == "vcs.time" && b.Date == "":
				b.Date = s.Value
			}
		}
	}
	if b.Commit == "" {
		b.Commit = "unknown"
	}
	if b.Date == "" {
		b.Date = "unknown"
	}
	return b
}
