// Package api is the controller's side of the protocol.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"example.com/fleet/v2/internal/protocol"
	"example.com/fleet/v2/internal/store"
)

// Handler serves the store. An agent that asks for its next task is answered
// within the time of wait, if only that there is none.
func Handler(s *store.Store, log *slog.Logger, wait time.Duration) http.Handler {
	h := &handler{store: s, log: log, wait: wait}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+protocol.PathHealth, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET "+protocol.PathAgents, h.agents)
	mux.HandleFunc("POST "+protocol.PathAgents, h.register)
	mux.HandleFunc("GET "+protocol.PathNext, h.next)
	mux.HandleFunc("GET "+protocol.PathTasks, h.tasks)
	mux.HandleFunc("POST "+protocol.PathTasks, h.submit)
	mux.HandleFunc("GET "+protocol.PathTask, h.task)
	mux.HandleFunc("POST "+protocol.PathResult, h.result)
	return mux
}

type handler struct {
	store *store.Store
	log   *slog.Logger
	wait  time.Duration
}

func (h *handler) agents(w http.ResponseWriter, _ *http.Request) {
	h.answer(w, http.StatusOK, h.store.Agents())
}

func (h *handler) register(w http.ResponseWriter, r *http.Request) {
	var agent protocol.Agent
	if !h.read(w, r, &agent) {
		return
	}
	if err := h.store.Register(agent); err != nil {
		h.fail(w, err)
		return
	}
	h.log.Debug("agent", "id", agent.ID, "role", agent.Role, "version", agent.Version)
	w.WriteHeader(http.StatusNoContent)
}

func (h *handler) next(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), h.wait)
	defer cancel()
	task, err := h.store.Next(ctx, r.PathValue("agent"))
	switch {
	case err == nil:
		h.log.Info("task starts", "id", task.ID, "agent", task.Agent, "kind", task.Kind)
		h.answer(w, http.StatusOK, task)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		w.WriteHeader(http.StatusNoContent)
	default:
		h.fail(w, err)
	}
}

func (h *handler) tasks(w http.ResponseWriter, _ *http.Request) {
	h.answer(w, http.StatusOK, h.store.Tasks())
}

func (h *handler) submit(w http.ResponseWriter, r *http.Request) {
	var task protocol.Task
	if !h.read(w, r, &task) {
		return
	}
	task, err := h.store.Submit(task)
	if err != nil {
		h.fail(w, err)
		return
	}
	h.answer(w, http.StatusCreated, task)
}

func (h *handler) task(w http.ResponseWriter, r *http.Request) {
	task, err := h.store.Task(r.PathValue("task"))
	if err != nil {
		h.fail(w, err)
		return
	}
	h.answer(w, http.StatusOK, task)
}

func (h *handler) result(w http.ResponseWriter, r *http.Request) {
	var result protocol.Result
	if !h.read(w, r, &result) {
		return
	}
	id := r.PathValue("task")
	if err := h.store.Finish(id, result); err != nil {
		h.fail(w, err)
		return
	}
	h.log.Info("task ended", "id", id, "state", result.State())
	w.WriteHeader(http.StatusNoContent)
}

func (h *handler) read(w http.ResponseWriter, r *http.Request, value any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, protocol.MaxBody)).Decode(value)
	if err != nil {
		h.fail(w, err)
	}
	return err == nil
}

func (h *handler) answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		h.log.Warn("an answer was not sent", "error", err)
	}
}

func (h *handler) fail(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if errors.Is(err, store.ErrNotFound) {
		status = http.StatusNotFound
	}
	h.answer(w, status, protocol.Error{Message: err.Error()})
}
