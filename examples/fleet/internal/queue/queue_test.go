package queue

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOrder(t *testing.T) {
	var q Queue[int]
	for i := range 3 {
		q.Push(i)
	}
	for want := range 3 {
		if got, err := q.Pop(t.Context()); err != nil || got != want {
			t.Errorf("got %d, %v; want %d", got, err, want)
		}
	}
	if q.Len() != 0 {
		t.Errorf("%d left", q.Len())
	}
}

func TestPopWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q Queue[string]
		time.AfterFunc(time.Minute, func() { q.Push("late") })
		if got, err := q.Pop(t.Context()); err != nil || got != "late" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestPopGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q Queue[string]
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := q.Pop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
		q.Push("kept") // nobody is waiting any more
		if got, err := q.Pop(t.Context()); err != nil || got != "kept" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestNothingIsLost(t *testing.T) {
	const producers, each = 8, 200
	var (
		q    Queue[int]
		done sync.WaitGroup
		mu   sync.Mutex
		seen = map[int]int{}
	)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for p := range producers {
		done.Go(func() {
			for i := range each {
				q.Push(p*each + i)
			}
		})
		done.Go(func() {
			for range each {
				// Consumers that give up early race with the producers.
				short, stop := context.WithTimeout(ctx, time.Microsecond)
				value, err := q.Pop(short)
				stop()
				if err != nil {
					value, err = q.Pop(ctx)
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[value]++
				mu.Unlock()
			}
		})
	}
	done.Wait()
	if len(seen) != producers*each {
		t.Errorf("%d values, want %d", len(seen), producers*each)
	}
	for value, count := range seen {
		if count != 1 {
			t.Errorf("%d was taken %d times", value, count)
		}
	}
}
