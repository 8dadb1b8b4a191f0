// Package protocol is what the programs say to each other: JSON over HTTP.
package protocol

import (
	"errors"
	"fmt"
	"time"
)

// The paths of the controller. Those with {agent} or {task} hold the
// identifier there.
const (
	PathHealth = "/healthz"
	PathAgents = "/v2/agents"
	PathNext   = "/v2/agents/{agent}/next"
	PathTasks  = "/v2/tasks"
	PathTask   = "/v2/tasks/{task}"
	PathResult = "/v2/tasks/{task}/result"
)

// MaxBody is the most bytes that a message may have.
const MaxBody = 1 << 20

// Facts describes the machine that an agent runs on.
type Facts struct {
	Hostname string `json:"hostname"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Kernel   string `json:"kernel"`
	CPUs     int    `json:"cpus"`
}

// Agent is an agent as the controller knows it.
type Agent struct {
	ID       string    `json:"id"`
	Role     string    `json:"role"`
	Version  string    `json:"version"`
	Facts    Facts     `json:"facts"`
	LastSeen time.Time `json:"last_seen,omitzero"`
}

// Validate reports what is wrong with an agent that registers.
func (a Agent) Validate() error {
	if !validID(a.ID) {
		return fmt.Errorf("agent id %q: want 1 to 64 letters, digits, dots, dashes or underscores", a.ID)
	}
	return nil
}

// State is where a task is in its life.
type State string

// The states of a task, in their order.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Task is something that an agent is to do.
type Task struct {
	ID      string    `json:"id"`
	Agent   string    `json:"agent"`
	Kind    string    `json:"kind"`
	Args    []string  `json:"args,omitempty"`
	State   State     `json:"state,omitempty"`
	Output  string    `json:"output,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

// Validate reports what is wrong with a task that is submitted.
func (t Task) Validate() error {
	var errs []error
	if !validID(t.Agent) {
		errs = append(errs, fmt.Errorf("agent id %q is not valid", t.Agent))
	}
	if t.Kind == "" {
		errs = append(errs, errors.New("a task needs a kind"))
	}
	return errors.Join(errs...)
}

// Result is how a task ended.
type Result struct {
	OK     bool   `json:"ok"`
	Output string `json:"output"`
}

// State returns the state of a task that ended like this.
func (r Result) State() State {
	if r.OK {
		return Done
	}
	return Failed
}

// Error is the body of every answer that is no success.
type Error struct {
	Message string `json:"error"`
}

func validID(id string) bool {
	if id == "" || len(id) > 64 || id == "." || id == ".." {
		return false
	}
	for _, r := range id {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}
