package client_test

import (
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/fleet/v2/internal/api"
	"example.com/fleet/v2/internal/client"
	"example.com/fleet/v2/internal/protocol"
	"example.com/fleet/v2/internal/store"
)

// start returns a client of a real controller.
func start(t *testing.T) *client.Client {
	t.Helper()
	server := httptest.NewServer(api.Handler(store.New(), slog.New(slog.DiscardHandler), 20*time.Millisecond))
	t.Cleanup(server.Close)
	c, err := client.New(server.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRoundTrip(t *testing.T) {
	c, ctx := start(t), t.Context()
	if err := c.Healthy(ctx); err != nil {
		t.Fatal(err)
	}
	if err := c.Register(ctx, protocol.Agent{ID: "web-1", Role: "agent", Facts: protocol.Facts{CPUs: 2}}); err != nil {
		t.Fatal(err)
	}
	agents, err := c.Agents(ctx)
	if err != nil || len(agents) != 1 || agents[0].ID != "web-1" || agents[0].Facts.CPUs != 2 || agents[0].LastSeen.IsZero() {
		t.Errorf("agents: %+v, %v", agents, err)
	}
	if none, err := c.Next(ctx, "web-1"); err != nil || none != nil {
		t.Errorf("an idle agent got %+v, %v", none, err)
	}
	task, err := c.Submit(ctx, protocol.Task{Agent: "web-1", Kind: "echo", Args: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.Next(ctx, "web-1")
	if err != nil || next == nil || next.ID != task.ID || !slices.Equal(next.Args, []string{"a", "b"}) {
		t.Fatalf("next: %+v, %v", next, err)
	}
	if err := c.Finish(ctx, task.ID, protocol.Result{OK: true, Output: "a b"}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Task(ctx, task.ID); err != nil || got.State != protocol.Done || got.Output != "a b" {
		t.Errorf("task: %+v, %v", got, err)
	}
	if tasks, err := c.Tasks(ctx); err != nil || len(tasks) != 1 {
		t.Errorf("tasks: %+v, %v", tasks, err)
	}
}

func TestErrors(t *testing.T) {
	c, ctx := start(t), t.Context()
	_, submit := c.Submit(ctx, protocol.Task{Agent: "ghost", Kind: "echo"})
	_, next := c.Next(ctx, "a/b")
	_, task := c.Task(ctx, "7")
	for _, test := range []struct {
		err  error
		want string
	}{
		{c.Register(ctx, protocol.Agent{ID: "a b"}), `agent id "a b"`},
		{submit, "agent ghost: not found"},
		{next, "agent a/b: not found"},
		{task, "task 7: not found"},
		{c.Finish(ctx, "7", protocol.Result{Output: strings.Repeat("x", protocol.MaxBody)}), "too large"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("got %v, want %q", test.err, test.want)
		}
	}
}

func TestNewWantsAURL(t *testing.T) {
	for _, base := range []string{"", "127.0.0.1:7070", "ftp://x", "http://", "http://a b"} {
		if _, err := client.New(base); err == nil {
			t.Errorf("accepted %q", base)
		}
	}
}
