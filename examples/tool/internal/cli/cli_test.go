package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(args, &out, &errs, Build{Version: "v1.2.3", Commit: "7a8b9c1"})
	return code, out.String(), errs.String()
}

// folder writes files by name into a new directory.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestVersion(t *testing.T) {
	if code, out, _ := run(t, "--version"); code != 0 || out != "tool v1.2.3\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	want := "tool v1.2.3 (commit 7a8b9c1, " + runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version() + ")\n"
	if code, out, _ := run(t, "version"); code != 0 || out != want {
		t.Errorf("exit %d, %q, want %q", code, out, want)
	}
}

func TestInventory(t *testing.T) {
	dir := folder(t, map[string]string{"hello.txt": "hello\n"})
	const sum = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
	for format, want := range map[string]string{
		"table": strings.Join([]string{
			"┌───────────┬──────┬──────────────┐",
			"│ PATH      │ SIZE │ SHA256       │",
			"├───────────┼──────┼──────────────┤",
			"│ hello.txt │  6 B │ 5891b5b522d5 │",
			"├───────────┼──────┼──────────────┤",
			"│ 1 file    │  6 B │              │",
			"└───────────┴──────┴──────────────┘\n",
		}, "\n"),
		"json": "[\n  {\n    \"path\": \"hello.txt\",\n    \"size\": 6,\n    \"sha256\": \"" + sum + "\"\n  }\n]\n",
		"yaml": "- path: hello.txt\n  size: 6\n  sha256: " + sum + "\n",
	} {
		code, out, errs := run(t, "inventory", dir, "--format", format)
		if code != 0 || out != want {
			t.Errorf("%s: exit %d, %s\ngot:\n%s\nwant:\n%s", format, code, errs, out, want)
		}
	}
}

func TestDiff(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": "port: 80\nhosts: [a, b]\n",
		"b.yaml": "port: 81\nhosts: [a]\ntls: true\n",
		"c.json": `{"hosts": ["a", "b"], "port": 80}`,
	})
	file := func(name string) string { return filepath.Join(dir, name) }

	code, out, _ := run(t, "diff", file("a.yaml"), file("b.yaml"))
	want := "- $.hosts[1]: \"b\"\n~ $.port: 80 → 81\n+ $.tls: true\n"
	if code != 1 || out != want {
		t.Errorf("exit %d, got:\n%s", code, out)
	}
	if code, out, _ := run(t, "diff", file("a.yaml"), file("c.json")); code != 0 || out != "" {
		t.Errorf("same meaning: exit %d, %q", code, out)
	}
	if code, out, _ := run(t, "diff", "--format", "json", file("a.yaml"), file("c.json")); code != 0 || out != "[]\n" {
		t.Errorf("same meaning as JSON: exit %d, %q", code, out)
	}
	if code, out, _ := run(t, "diff", "--color", "always", file("a.yaml"), file("b.yaml")); code != 1 ||
		!strings.Contains(out, "\x1b[32m+ $.tls: true") {
		t.Errorf("coloured: exit %d, %q", code, out)
	}
}

func TestFailures(t *testing.T) {
	dir := folder(t, map[string]string{"bad.yaml": "a: [1"})
	bad := filepath.Join(dir, "bad.yaml")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"inventory", filepath.Join(dir, "absent")}, "absent"},
		{[]string{"inventory", "--format", "xml"}, "want one of table, json, yaml"},
		{[]string{"--color", "blue", "version"}, "want one of auto, always, never"},
		{[]string{"diff", bad}, "accepts 2 arg(s)"},
		{[]string{"diff", bad, bad}, "bad.yaml"},
		{[]string{"inventry"}, "unknown command"},
	} {
		code, out, errs := run(t, test.args...)
		if code != 2 || out != "" || !strings.Contains(errs, test.want) {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", test.args, code, out, errs)
		}
	}
}
