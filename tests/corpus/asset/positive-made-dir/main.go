// It makes the folder of another file by filepath.Dir.
// finds: folder "/var/log/app"
// go: 1.18
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(os.MkdirAll(filepath.Dir("/var/lib/app/state"), 0o700))
	fmt.Println(os.Create("/var/log/app/log"))
}
