// finds: $XDG_RUNTIME_DIR
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "app.sock"))
}
