package store

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"example.com/fleet/v2/internal/protocol"
)

func TestLifeOfATask(t *testing.T) {
	s := New()
	if err := s.Register(protocol.Agent{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	task, err := s.Submit(protocol.Task{Agent: "a", Kind: "echo", State: protocol.Done, Output: "forged"})
	if err != nil {
		t.Fatal(err)
	}
	if task.ID != "1" || task.State != protocol.Queued || task.Output != "" {
		t.Errorf("submitted as %+v", task)
	}
	if err := s.Finish(task.ID, protocol.Result{OK: true}); err == nil {
		t.Error("a task ended that nobody ran")
	}
	if next, err := s.Next(t.Context(), "a"); err != nil || next.ID != task.ID || next.State != protocol.Running {
		t.Errorf("next is %+v, %v", next, err)
	}
	if err := s.Finish(task.ID, protocol.Result{OK: false, Output: "no"}); err != nil {
		t.Error(err)
	}
	if got, err := s.Task(task.ID); err != nil || got.State != protocol.Failed || got.Output != "no" {
		t.Errorf("ended as %+v, %v", got, err)
	}
	if err := s.Finish(task.ID, protocol.Result{OK: true}); err == nil {
		t.Error("a task ended twice")
	}
}

func TestUnknown(t *testing.T) {
	s := New()
	_, submit := s.Submit(protocol.Task{Agent: "a", Kind: "echo"})
	_, next := s.Next(t.Context(), "a")
	_, task := s.Task("7")
	for name, err := range map[string]error{
		"submit": submit, "next": next, "task": task, "finish": s.Finish("7", protocol.Result{}),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrder(t *testing.T) {
	s := New()
	for _, id := range []string{"b", "a", "b"} {
		if err := s.Register(protocol.Agent{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if agents := s.Agents(); len(agents) != 2 || agents[0].ID != "a" || agents[1].ID != "b" {
		t.Errorf("agents: %+v", agents)
	}
	for range 12 {
		if _, err := s.Submit(protocol.Task{Agent: "a", Kind: "echo"}); err != nil {
			t.Fatal(err)
		}
	}
	for i, task := range s.Tasks() {
		if want := strconv.Itoa(i + 1); task.ID != want {
			t.Errorf("task %d is %s, want %s", i, task.ID, want)
		}
	}
}

func TestNextGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		if err := s.Register(protocol.Agent{ID: "a"}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Next(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
	})
}
