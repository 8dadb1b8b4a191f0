package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDefault(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != ":8443" || c.Timeouts.Idle != 2*time.Minute || c.Log.Level != slog.LevelInfo {
		t.Errorf("unexpected default: %+v", c)
	}
}

func TestLoadOnTopOfDefault(t *testing.T) {
	c, err := Load(write(t, "addr = '127.0.0.1:9000'\n[log]\nlevel = 'debug'\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:9000" || c.Log.Level != slog.LevelDebug {
		t.Errorf("the file was not used: %+v", c)
	}
	if c.Log.Format != "json" || c.Timeouts.Read != 10*time.Second {
		t.Errorf("the default was lost: %+v", c)
	}
}

func TestLoadErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown key", "adr = ':1'", "unknown settings: adr"},
		{"no port", "addr = 'localhost'", "missing port"},
		{"format", "[log]\nformat = 'xml'", "neither json nor text"},
		{"level", "[log]\nlevel = 'loud'", "loud"},
		{"zero timeout", "[timeouts]\nread = '0s'", "timeouts.read"},
		{"no duration", "[timeouts]\nread = 'soon'", "soon"},
		{"syntax", "addr = ", "line 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(write(t, test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "absent.toml")); !os.IsNotExist(err) {
		t.Errorf("got %v for an absent file", err)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "service.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
