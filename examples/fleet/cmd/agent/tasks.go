package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"example.com/fleet/v2/internal/protocol"
)

// perform does a task. There is a fixed set of kinds: an agent runs no commands
// of others.
func perform(ctx context.Context, task protocol.Task, facts protocol.Facts) protocol.Result {
	output, err := dispatch(ctx, task, facts)
	if err != nil {
		return protocol.Result{Output: err.Error()}
	}
	return protocol.Result{OK: true, Output: output}
}

func dispatch(ctx context.Context, task protocol.Task, facts protocol.Facts) (string, error) {
	switch task.Kind {
	case "echo":
		return strings.Join(task.Args, " "), nil
	case "facts":
		return describe(facts), nil
	case "sleep":
		return sleep(ctx, task.Args)
	default:
		return "", fmt.Errorf("no task has the kind %q: there are echo, facts and sleep", task.Kind)
	}
}

func sleep(ctx context.Context, args []string) (string, error) {
	if len(args) != 1 {
		return "", fmt.Errorf("sleep needs one duration, not %d arguments", len(args))
	}
	duration, err := time.ParseDuration(args[0])
	if err != nil {
		return "", err
	}
	select {
	case <-time.After(duration):
		return "slept " + duration.String(), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func describe(facts protocol.Facts) string {
	text, err := json.Marshal(facts)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
