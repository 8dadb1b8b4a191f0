// Package queue is an unbounded first-in first-out queue for many goroutines.
package queue

import (
	"context"
	"sync"
)

// Queue holds values until somebody takes them. The zero value is empty and
// ready for use.
type Queue[T any] struct {
	mu      sync.Mutex
	items   []T
	waiting []chan T
}

// Push adds a value, or hands it to whoever has waited longest.
func (q *Queue[T]) Push(value T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 {
		q.waiting[0] <- value // it has room: each is sent to once
		q.waiting = q.waiting[1:]
		return
	}
	q.items = append(q.items, value)
}

// Pop takes the oldest value, and waits for one as long as the context allows.
func (q *Queue[T]) Pop(ctx context.Context) (T, error) {
	q.mu.Lock()
	if len(q.items) > 0 {
		value := q.items[0]
		q.items[0] = *new(T) // for the garbage collector
		q.items = q.items[1:]
		q.mu.Unlock()
		return value, nil
	}
	mine := make(chan T, 1)
	q.waiting = append(q.waiting, mine)
	q.mu.Unlock()

	select {
	case value := <-mine:
		return value, nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.waiting {
		if other == mine {
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			return *new(T), ctx.Err()
		}
	}
	return <-mine, nil // a value came at the same moment: it is not lost
}

// Len returns how many values nobody has taken.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
