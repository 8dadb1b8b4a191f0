// finds: the folder for temporary files
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(os.MkdirAll(filepath.Join(os.TempDir(), "app"), 0o700))
}
