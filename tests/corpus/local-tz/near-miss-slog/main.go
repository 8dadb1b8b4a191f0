// It makes a logger and asks it something, but logs nothing.
// go: 1.26
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
)

func main() {
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	fmt.Println(logger.Enabled(context.Background(), slog.LevelDebug))
}
