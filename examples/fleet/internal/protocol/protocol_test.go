package protocol

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	for id, valid := range map[string]bool{
		"web-1.example_x": true, "A9": true,
		"": false, ".": false, "..": false, "a/b": false, "a b": false, "é": false, strings.Repeat("x", 65): false,
	} {
		if err := (Agent{ID: id}).Validate(); (err == nil) != valid {
			t.Errorf("agent %q: %v", id, err)
		}
		if err := (Task{Agent: id, Kind: "echo"}).Validate(); (err == nil) != valid {
			t.Errorf("task of %q: %v", id, err)
		}
	}
	if err := (Task{Agent: "a"}).Validate(); err == nil {
		t.Error("a task without a kind is valid")
	}
}

func TestWireFormat(t *testing.T) {
	text, err := json.Marshal(Task{ID: "1", Agent: "a", Kind: "echo", Args: []string{"x"}, State: Queued})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"1","agent":"a","kind":"echo","args":["x"],"state":"queued"}`
	if string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
}
