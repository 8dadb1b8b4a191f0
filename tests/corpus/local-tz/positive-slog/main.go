// Records of log/slog have the local time.
// go: 1.26
// targets: linux/amd64 linux/arm64 darwin/arm64
// finds: the local time
package main

import "log/slog"

func main() { slog.Info("hello") }
