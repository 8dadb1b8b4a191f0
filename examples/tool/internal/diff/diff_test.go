package diff

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		want                []Change
	}{
		{"same meaning", "a: 1\nb: [x, y]", `{"b": ["x", "y"], "a": 1}`, []Change{}},
		{"both empty", "", "# nothing", []Change{}},
		{"scalar", "a: 1", "a: 2", []Change{{"$.a", Changed, 1, 2}}},
		{"type", "a: 1", "a: '1'", []Change{{"$.a", Changed, 1, "1"}}},
		{"shape", "a: {b: 1}", "a: [1]", []Change{
			{"$.a", Changed, map[string]any{"b": 1}, []any{1}},
		}},
		{"members", "a: 1\nc: 3", "b: 2\nc: 3", []Change{
			{Path: "$.a", Kind: Removed, Old: 1},
			{Path: "$.b", Kind: Added, New: 2},
		}},
		{"null is a value", "a: null", "{}", []Change{{Path: "$.a", Kind: Removed}}},
		{"list", "a: [1, 2, 3]", "a: [1, 5]", []Change{
			{"$.a[1]", Changed, 2, 5},
			{Path: "$.a[2]", Kind: Removed, Old: 3},
		}},
		{"odd keys", "{a.b: {1: x}}", "{a.b: {1: y}}", []Change{{`$["a.b"].1`, Changed, "x", "y"}}},
		{"documents", "a: 1\n---\nb: 1", "a: 1\n---\nb: 2", []Change{{"$[1].b", Changed, 1, 2}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Compare(parse(t, test.before), parse(t, test.after))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseError(t *testing.T) {
	if _, err := Parse([]byte("a: [1")); err == nil {
		t.Error("accepted an open list")
	}
}

func parse(t *testing.T, text string) any {
	t.Helper()
	value, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
