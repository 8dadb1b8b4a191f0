package inventory

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	fsys := fstest.MapFS{
		"b.txt":       {Data: []byte("hello\n")},
		"a/empty":     {},
		"a/link":      {Data: []byte("../b.txt"), Mode: fs.ModeSymlink},
		"a/z/deep.go": {Data: []byte("package deep\n")},
	}
	got, err := Scan(t.Context(), fsys)
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{"a/empty", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"a/z/deep.go", 13, "03471f4f1e1fb9da30f86898c5cd0c91a99a8dc2b8e6464603febf7da3dc51d3"},
		{"b.txt", 6, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if total := Total(got); total != 19 {
		t.Errorf("total %d, want 19", total)
	}
}

func TestScanOfNothing(t *testing.T) {
	got, err := Scan(t.Context(), fstest.MapFS{})
	if err != nil || got == nil || len(got) != 0 {
		t.Errorf("got %v, %v; want an empty list", got, err)
	}
}

func TestScanStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Scan(ctx, fstest.MapFS{"a": {}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
