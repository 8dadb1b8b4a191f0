// Package diff compares structured documents: what they mean, not how they are
// written.
package diff

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Kind says what happened to a value.
type Kind string

// The kinds of change.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Change is one difference between two documents.
type Change struct {
	Path string `json:"path"`
	Kind Kind   `json:"kind"`
	Old  any    `json:"old,omitempty"`
	New  any    `json:"new,omitempty"`
}

// Parse reads a file of YAML, and so also of JSON. A file with one document is
// that document, one with several is a list of them.
func Parse(text []byte) (any, error) {
	var documents []any
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		documents = append(documents, normal(document))
	}
	switch len(documents) {
	case 0:
		return nil, nil
	case 1:
		return documents[0], nil
	default:
		return documents, nil
	}
}

// normal gives every map keys that are strings, as JSON has them.
func normal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			v[key] = normal(v[key])
		}
	case map[any]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[fmt.Sprint(key)] = normal(v[key])
		}
		return out
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	}
	return value
}

// Compare lists the differences between two documents that Parse returned, in
// the order of their paths.
func Compare(before, after any) []Change {
	return compare([]Change{}, "$", before, after)
}

func compare(changes []Change, path string, before, after any) []Change {
	if b, ok := before.(map[string]any); ok {
		if a, ok := after.(map[string]any); ok {
			return compareMaps(changes, path, b, a)
		}
	}
	if b, ok := before.([]any); ok {
		if a, ok := after.([]any); ok {
			return compareLists(changes, path, b, a)
		}
	}
	if !reflect.DeepEqual(before, after) {
		changes = append(changes, Change{path, Changed, before, after})
	}
	return changes
}

func compareMaps(changes []Change, path string, before, after map[string]any) []Change {
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		b, inBefore := before[key]
		a, inAfter := after[key]
		at := path + member(key)
		switch {
		case !inBefore:
			changes = append(changes, Change{Path: at, Kind: Added, New: a})
		case !inAfter:
			changes = append(changes, Change{Path: at, Kind: Removed, Old: b})
		default:
			changes = compare(changes, at, b, a)
		}
	}
	return changes
}

func compareLists(changes []Change, path string, before, after []any) []Change {
	for i := range max(len(before), len(after)) {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case i >= len(before):
			changes = append(changes, Change{Path: at, Kind: Added, New: after[i]})
		case i >= len(after):
			changes = append(changes, Change{Path: at, Kind: Removed, Old: before[i]})
		default:
			changes = compare(changes, at, before[i], after[i])
		}
	}
	return changes
}

func member(key string) string {
	if key == "" || strings.ContainsAny(key, ".[]\"' \t\n") {
		return fmt.Sprintf("[%q]", key)
	}
	return "." + key
}
