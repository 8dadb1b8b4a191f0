// Agent runs on every machine of a fleet: it tells the controller about the
// machine, and does the tasks that the controller has for it.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/fleet/v2/internal/build"
	"example.com/fleet/v2/internal/client"
	"example.com/fleet/v2/internal/protocol"
)

// Set by the linker for special builds: -X main.role=edge
var role = "agent"

func main() {
	var (
		version    = flag.Bool("version", false, "print the version and exit")
		facts      = flag.Bool("facts", false, "print what the agent knows about this machine and exit")
		controller = flag.String("controller", "http://127.0.0.1:7070", "the `URL` of the controller")
		id         = flag.String("id", "", "the `name` of this agent (default: the host's name)")
		retry      = flag.Duration("retry", 5*time.Second, "how long to wait after a failure")
	)
	flag.Parse()
	if *version {
		fmt.Println(build.Describe("agent", role))
		return
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	known, err := gather()
	if err != nil {
		log.Warn("some facts are missing", "error", err)
	}
	if *facts {
		fmt.Println(describe(known))
		return
	}
	c, err := client.New(*controller)
	if err != nil {
		log.Error("no controller", "error", err)
		os.Exit(2)
	}
	if *id == "" {
		*id = known.Hostname
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &agent{
		self:       protocol.Agent{ID: *id, Role: role, Version: build.Version, Facts: known},
		controller: c,
		log:        log,
		retry:      *retry,
	}
	a.run(ctx)
}
