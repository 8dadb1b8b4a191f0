package main

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/fleet/v2/internal/api"
	"example.com/fleet/v2/internal/protocol"
	"example.com/fleet/v2/internal/store"
)

func TestCommands(t *testing.T) {
	s := store.New()
	server := httptest.NewServer(api.Handler(s, slog.New(slog.DiscardHandler), time.Second))
	defer server.Close()
	facts := protocol.Facts{OS: "linux", Arch: "arm64", Kernel: "Linux 6.1"}
	if err := s.Register(protocol.Agent{ID: "web-1", Role: "edge", Version: "v2.0.0", Facts: facts}); err != nil {
		t.Fatal(err)
	}
	ctl := func(args ...string) (string, error) {
		var stdout, stderr bytes.Buffer
		err := run(t.Context(), append([]string{"-controller", server.URL}, args...), &stdout, &stderr)
		return stdout.String(), err
	}
	if _, err := ctl("health"); err != nil {
		t.Error(err)
	}
	if out, err := ctl("agents"); err != nil || !strings.Contains(out, "web-1  edge  v2.0.0   linux/arm64  Linux 6.1  0s ago") {
		t.Errorf("agents: %v\n%s", err, out)
	}
	if out, err := ctl("submit", "web-1", "echo", "a"); err != nil || out != "task 1 is queued\n" {
		t.Errorf("submit: %q, %v", out, err)
	}
	if _, err := ctl("-wait", "60ms", "submit", "web-1", "echo"); err == nil || err.Error() != "task 2 is still queued" {
		t.Errorf("submit that waits: %v", err)
	}
	if out, err := ctl("tasks"); err != nil || !strings.Contains(out, "1   web-1  echo  queued") {
		t.Errorf("tasks: %v\n%s", err, out)
	}

	for _, ok := range []bool{true, false} {
		go func() {
			for {
				task, err := s.Next(t.Context(), "web-1")
				if err != nil {
					return
				}
				if err := s.Finish(task.ID, protocol.Result{OK: ok, Output: "said " + task.ID}); err != nil {
					t.Error(err)
				}
				if task.Kind == "last" {
					return
				}
			}
		}()
		out, err := ctl("-wait", "5s", "submit", "web-1", "last")
		if ok && (err != nil || out != "said 3\n") {
			t.Errorf("a task that succeeds: %q, %v", out, err)
		}
		if !ok && (err == nil || err.Error() != "task 4 failed: said 4") {
			t.Errorf("a task that fails: %q, %v", out, err)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range []string{"", "nonsense", "submit web-1", "-nonsense", "agents now"} {
		var stdout, stderr bytes.Buffer
		err := run(t.Context(), strings.Fields(args), &stdout, &stderr)
		if !errors.Is(err, errUsage) || !strings.Contains(stderr.String(), "Usage:") {
			t.Errorf("%q: %v, %q", args, err, &stderr)
		}
	}
}

func TestVersion(t *testing.T) {
	var stdout bytes.Buffer
	err := run(t.Context(), []string{"--version"}, &stdout, &stdout)
	if want := "ctl dev (role operator, commit unknown, built unknown)\n"; err != nil || stdout.String() != want {
		t.Errorf("got %q, %v", &stdout, err)
	}
}
