// Package store is the memory of the controller: its agents, and their tasks.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"example.com/fleet/v2/internal/protocol"
	"example.com/fleet/v2/internal/queue"
)

// ErrNotFound is returned for agents and tasks that are not known.
var ErrNotFound = errors.New("not found")

// Store keeps everything in memory. It is safe for use by many goroutines.
type Store struct {
	mu     sync.Mutex
	agents map[string]protocol.Agent
	queues map[string]*queue.Queue[string]
	tasks  map[string]*protocol.Task
	last   uint64
}

// New returns a store without agents.
func New() *Store {
	return &Store{
		agents: map[string]protocol.Agent{},
		queues: map[string]*queue.Queue[string]{},
		tasks:  map[string]*protocol.Task{},
	}
}

// Register adds an agent, or notes that it is still there.
func (s *Store) Register(agent protocol.Agent) error {
	if err := agent.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	agent.LastSeen = time.Now().UTC()
	s.agents[agent.ID] = agent
	if s.queues[agent.ID] == nil {
		s.queues[agent.ID] = new(queue.Queue[string])
	}
	return nil
}

// Agents lists the agents by identifier.
func (s *Store) Agents() []protocol.Agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.agents), func(a, b protocol.Agent) int {
		return cmp.Compare(a.ID, b.ID)
	})
}

// Submit queues a task for its agent, and returns it with its identifier.
func (s *Store) Submit(task protocol.Task) (protocol.Task, error) {
	if err := task.Validate(); err != nil {
		return protocol.Task{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, ok := s.queues[task.Agent]
	if !ok {
		return protocol.Task{}, fmt.Errorf("agent %s: %w", task.Agent, ErrNotFound)
	}
	s.last++
	task.ID = strconv.FormatUint(s.last, 10)
	task.State = protocol.Queued
	task.Output = ""
	task.Created = time.Now().UTC()
	s.tasks[task.ID] = &task
	waiting.Push(task.ID)
	return task, nil
}

// Next returns the next task of an agent, and waits for one as long as the
// context allows.
func (s *Store) Next(ctx context.Context, agent string) (protocol.Task, error) {
	s.mu.Lock()
	waiting, ok := s.queues[agent]
	s.mu.Unlock()
	if !ok {
		return protocol.Task{}, fmt.Errorf("agent %s: %w", agent, ErrNotFound)
	}
	id, err := waiting.Pop(ctx)
	if err != nil {
		return protocol.Task{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	task := s.tasks[id]
	task.State = protocol.Running
	return *task, nil
}

// Task returns a task.
func (s *Store) Task(id string) (protocol.Task, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if task, ok := s.tasks[id]; ok {
		return *task, nil
	}
	return protocol.Task{}, fmt.Errorf("task %s: %w", id, ErrNotFound)
}

// Tasks lists the tasks, oldest first.
func (s *Store) Tasks() []protocol.Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := make([]protocol.Task, 0, len(s.tasks))
	for _, task := range s.tasks {
		tasks = append(tasks, *task)
	}
	slices.SortFunc(tasks, func(a, b protocol.Task) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return tasks
}

// Finish records how a running task ended.
func (s *Store) Finish(id string, result protocol.Result) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	task, ok := s.tasks[id]
	if !ok {
		return fmt.Errorf("task %s: %w", id, ErrNotFound)
	}
	if task.State != protocol.Running {
		return fmt.Errorf("task %s is %s, not running", id, task.State)
	}
	task.State, task.Output = result.State(), result.Output
	return nil
}
