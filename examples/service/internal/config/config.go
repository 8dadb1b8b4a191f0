// Package config reads the settings of the service: a default that is compiled
// in, and what a file says on top of it.
package config

import (
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

//go:embed default.toml
var defaults string

// Config is every setting of the service.
type Config struct {
	Addr     string   `toml:"addr"`
	Timeouts Timeouts `toml:"timeouts"`
	Log      Log      `toml:"log"`
}

// Timeouts bounds each phase of a connection, and of the end of the service.
type Timeouts struct {
	ReadHeader time.Duration `toml:"read_header"`
	Read       time.Duration `toml:"read"`
	Write      time.Duration `toml:"write"`
	Idle       time.Duration `toml:"idle"`
	Shutdown   time.Duration `toml:"shutdown"`
}

// Log says what is logged, and how.
type Log struct {
	Level  slog.Level `toml:"level"`
	Format string     `toml:"format"`
}

// Default returns the configuration that is compiled in.
func Default() (Config, error) {
	var c Config
	if err := c.decode(defaults); err != nil {
		return Config{}, fmt.Errorf("embedded configuration: %w", err)
	}
	return c, nil
}

// Load returns the default configuration with the settings of the named file
// on top. An empty name means the default alone.
func Load(name string) (Config, error) {
	c, err := Default()
	if err != nil || name == "" {
		return c, err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return Config{}, err
	}
	if err := c.decode(string(text)); err != nil {
		return Config{}, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

func (c *Config) decode(text string) error {
	meta, err := toml.Decode(text, c)
	if err != nil {
		return err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		names := make([]string, len(unknown))
		for i, key := range unknown {
			names[i] = key.String()
		}
		return fmt.Errorf("unknown settings: %s", strings.Join(names, ", "))
	}
	return c.validate()
}

func (c *Config) validate() error {
	var errs []error
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		errs = append(errs, fmt.Errorf("addr: %w", err))
	}
	if c.Log.Format != "json" && c.Log.Format != "text" {
		errs = append(errs, fmt.Errorf("log.format: %q is neither json nor text", c.Log.Format))
	}
	for _, t := range []struct {
		name  string
		value time.Duration
	}{
		{"read_header", c.Timeouts.ReadHeader},
		{"read", c.Timeouts.Read},
		{"write", c.Timeouts.Write},
		{"idle", c.Timeouts.Idle},
		{"shutdown", c.Timeouts.Shutdown},
	} {
		if t.value <= 0 {
			errs = append(errs, fmt.Errorf("timeouts.%s: %s is not positive", t.name, t.value))
		}
	}
	return errors.Join(errs...)
}
