// Package client is the agents' and the operators' side of the protocol.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/fleet/v2/internal/protocol"
)

// Client talks to one controller.
type Client struct {
	base string
	http *http.Client
}

// New returns a client of the controller at a URL such as
// http://127.0.0.1:7070.
func New(base string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the URL of a controller", base)
	}
	return &Client{
		base: strings.TrimSuffix(base, "/"),
		http: &http.Client{Timeout: time.Minute},
	}, nil
}

// Healthy returns nil when the controller is well.
func (c *Client) Healthy(ctx context.Context) error {
	return c.do(ctx, http.MethodGet, protocol.PathHealth, nil, nil)
}

// Agents lists the agents.
func (c *Client) Agents(ctx context.Context) ([]protocol.Agent, error) {
	var agents []protocol.Agent
	err := c.do(ctx, http.MethodGet, protocol.PathAgents, nil, &agents)
	return agents, err
}

// Register tells the controller that an agent is there.
func (c *Client) Register(ctx context.Context, agent protocol.Agent) error {
	return c.do(ctx, http.MethodPost, protocol.PathAgents, agent, nil)
}

// Next waits for the next task of an agent. It returns nil when the controller
// had none for some time.
func (c *Client) Next(ctx context.Context, agent string) (*protocol.Task, error) {
	var task *protocol.Task
	err := c.do(ctx, http.MethodGet, fill(protocol.PathNext, agent), nil, &task)
	return task, err
}

// Tasks lists the tasks, oldest first.
func (c *Client) Tasks(ctx context.Context) ([]protocol.Task, error) {
	var tasks []protocol.Task
	err := c.do(ctx, http.MethodGet, protocol.PathTasks, nil, &tasks)
	return tasks, err
}

// Task returns one task.
func (c *Client) Task(ctx context.Context, id string) (protocol.Task, error) {
	var task protocol.Task
	err := c.do(ctx, http.MethodGet, fill(protocol.PathTask, id), nil, &task)
	return task, err
}

// Submit queues a task.
func (c *Client) Submit(ctx context.Context, task protocol.Task) (protocol.Task, error) {
	err := c.do(ctx, http.MethodPost, protocol.PathTasks, task, &task)
	return task, err
}

// Finish reports how a task ended.
func (c *Client) Finish(ctx context.Context, id string, result protocol.Result) error {
	return c.do(ctx, http.MethodPost, fill(protocol.PathResult, id), result, nil)
}

// fill puts an identifier into the only placeholder of a path.
func fill(path, id string) string {
	before, rest, _ := strings.Cut(path, "{")
	_, after, _ := strings.Cut(rest, "}")
	return before + url.PathEscape(id) + after
}

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16*protocol.MaxBody))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		var failure protocol.Error
		if json.Unmarshal(text, &failure) == nil && failure.Message != "" {
			return errors.New(failure.Message)
		}
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}
