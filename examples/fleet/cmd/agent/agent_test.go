package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/fleet/v2/internal/protocol"
)

func TestGather(t *testing.T) {
	facts, err := gather()
	if err != nil {
		t.Fatal(err)
	}
	if facts.OS != runtime.GOOS || facts.Kernel == "" || facts.CPUs < 1 {
		t.Errorf("got %+v", facts)
	}
}

func TestPerform(t *testing.T) {
	for _, test := range []struct {
		kind string
		args []string
		ok   bool
		want string
	}{
		{"echo", []string{"a", "b"}, true, "a b"},
		{"facts", nil, true, `"hostname":"here"`},
		{"sleep", []string{"1ms"}, true, "slept 1ms"},
		{"sleep", nil, false, "one duration"},
		{"sleep", []string{"long"}, false, "long"},
		{"exec", []string{"rm"}, false, `"exec"`},
	} {
		got := perform(t.Context(), protocol.Task{Kind: test.kind, Args: test.args}, protocol.Facts{Hostname: "here"})
		if got.OK != test.ok || !strings.Contains(got.Output, test.want) {
			t.Errorf("%s %v: %+v", test.kind, test.args, got)
		}
	}
}

// fake is a controller that is away at first and then has a few tasks.
type fake struct {
	away     int
	tasks    []protocol.Task
	finished []string
}

func (f *fake) Register(context.Context, protocol.Agent) error {
	if f.away > 0 {
		f.away--
		return errors.New("away")
	}
	return nil
}

func (f *fake) Next(ctx context.Context, _ string) (*protocol.Task, error) {
	if len(f.tasks) == 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	task := f.tasks[0]
	f.tasks = f.tasks[1:]
	return &task, nil
}

func (f *fake) Finish(_ context.Context, id string, result protocol.Result) error {
	f.finished = append(f.finished, id+" "+string(result.State())+": "+result.Output)
	return nil
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{away: 2, tasks: []protocol.Task{
			{ID: "1", Kind: "echo", Args: []string{"hi"}},
			{ID: "2", Kind: "sleep", Args: []string{"1h"}},
		}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		a := &agent{controller: f, log: slog.New(slog.DiscardHandler), retry: time.Second}
		a.run(ctx)
		want := []string{"1 done: hi", "2 failed: context deadline exceeded"}
		if !slices.Equal(f.finished, want) {
			t.Errorf("got %q, want %q", f.finished, want)
		}
	})
}
