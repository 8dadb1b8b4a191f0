package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"example.com/fleet/v2/internal/protocol"
)

// controller is what the agent needs of the controller.
type controller interface {
	Register(context.Context, protocol.Agent) error
	Next(ctx context.Context, agent string) (*protocol.Task, error)
	Finish(ctx context.Context, id string, result protocol.Result) error
}

type agent struct {
	self       protocol.Agent
	controller controller
	log        *slog.Logger
	retry      time.Duration
}

// run does one task after the other until the context ends. A failure is
// logged and followed by a pause: the controller may come back.
func (a *agent) run(ctx context.Context) {
	a.log.Info("started", "id", a.self.ID, "role", a.self.Role, "version", a.self.Version)
	for ctx.Err() == nil {
		if err := a.step(ctx); err != nil && !errors.Is(err, context.Canceled) {
			a.log.Warn("trying again", "in", a.retry, "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(a.retry):
			}
		}
	}
	a.log.Info("stopped")
}

// step registers, waits for a task, and does it.
func (a *agent) step(ctx context.Context) error {
	if err := a.controller.Register(ctx, a.self); err != nil {
		return err
	}
	task, err := a.controller.Next(ctx, a.self.ID)
	if err != nil || task == nil {
		return err
	}
	a.log.Info("task", "id", task.ID, "kind", task.Kind)
	result := perform(ctx, *task, a.self.Facts)
	// Reported even when the agent was told to stop meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return a.controller.Finish(ctx, task.ID, result)
}
