package main

import (
	"bytes"
	"net"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	version, commit, date = "v1.2.3", "7a8b9c1", "2025-06-01T00:00:00Z"
	t.Cleanup(func() { version, commit, date = "dev", "", "" })
	var stdout, stderr bytes.Buffer
	if code := run([]string{"--version"}, &stdout, &stderr); code != 0 {
		t.Errorf("exit %d: %s", code, &stderr)
	}
	if want := "service v1.2.3 (commit 7a8b9c1, built 2025-06-01T00:00:00Z)\n"; stdout.String() != want {
		t.Errorf("got %q, want %q", &stdout, want)
	}
}

func TestExitCodes(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()

	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"--help", 0, "Usage:"},
		{"serve --help", 0, "Usage:"},
		{"--nonsense", 2, "nonsense"},
		{"start", 2, `unexpected argument: "start"`},
		{"serve --addr 127.0.0.1", 1, "missing port"},
		{"serve --config absent.toml", 1, "absent.toml"},
		{"serve --addr " + busy.Addr().String(), 1, "listen tcp"},
		{"--health-check --addr " + free.Addr().String(), 1, "/healthz"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(test.args), &stdout, &stderr); code != test.code {
			t.Errorf("%s: exit %d, want %d", test.args, code, test.code)
		}
		if !strings.Contains(stderr.String(), test.want) {
			t.Errorf("%s: stderr %q lacks %q", test.args, &stderr, test.want)
		}
		if stdout.Len() > 0 {
			t.Errorf("%s: wrote to stdout: %q", test.args, &stdout)
		}
	}
}
