// Ctl shows and commands a fleet.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"example.com/fleet/v2/internal/build"
	"example.com/fleet/v2/internal/client"
	"example.com/fleet/v2/internal/protocol"
)

// Set by the linker for special builds: -X main.role=auditor
var role = "operator"

const usage = `Usage:
  ctl [flags] health
  ctl [flags] agents
  ctl [flags] tasks
  ctl [flags] submit AGENT KIND [ARG]...

Flags:
`

var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "ctl: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("ctl", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	version := flags.Bool("version", false, "print the version and exit")
	controller := flags.String("controller", "http://127.0.0.1:7070", "the `URL` of the controller")
	wait := flags.Duration("wait", 0, "how long submit waits for the task to end")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return errUsage
	}
	if *version {
		_, err := fmt.Fprintln(stdout, build.Describe("ctl", role))
		return err
	}
	c, err := client.New(*controller)
	if err != nil {
		return err
	}
	switch args := flags.Args(); {
	case len(args) == 1 && args[0] == "health":
		return c.Healthy(ctx)
	case len(args) == 1 && args[0] == "agents":
		return agents(ctx, c, stdout)
	case len(args) == 1 && args[0] == "tasks":
		return tasks(ctx, c, stdout)
	case len(args) >= 3 && args[0] == "submit":
		return submit(ctx, c, stdout, protocol.Task{Agent: args[1], Kind: args[2], Args: args[3:]}, *wait)
	}
	flags.Usage()
	return errUsage
}

func agents(ctx context.Context, c *client.Client, w io.Writer) error {
	list, err := c.Agents(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tROLE\tVERSION\tPLATFORM\tKERNEL\tSEEN")
	for _, a := range list {
		seen := time.Since(a.LastSeen).Round(time.Second)
		fmt.Fprintf(t, "%s\t%s\t%s\t%s/%s\t%s\t%s ago\n",
			a.ID, a.Role, a.Version, a.Facts.OS, a.Facts.Arch, a.Facts.Kernel, seen)
	}
	return t.Flush()
}

func tasks(ctx context.Context, c *client.Client, w io.Writer) error {
	list, err := c.Tasks(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tAGENT\tKIND\tSTATE\tOUTPUT")
	for _, task := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", task.ID, task.Agent, task.Kind, task.State, task.Output)
	}
	return t.Flush()
}

// submit queues a task and, when it is to wait, prints what came of it.
func submit(ctx context.Context, c *client.Client, w io.Writer, task protocol.Task, wait time.Duration) error {
	task, err := c.Submit(ctx, task)
	if err != nil {
		return err
	}
	if wait <= 0 {
		_, err := fmt.Fprintf(w, "task %s is queued\n", task.ID)
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for task.State == protocol.Queued || task.State == protocol.Running {
		select {
		case <-ctx.Done():
			return fmt.Errorf("task %s is still %s", task.ID, task.State)
		case <-time.After(50 * time.Millisecond):
		}
		if task, err = c.Task(ctx, task.ID); err != nil {
			return err
		}
	}
	if task.State == protocol.Failed {
		return fmt.Errorf("task %s failed: %s", task.ID, task.Output)
	}
	_, err = fmt.Fprintln(w, task.Output)
	return err
}
