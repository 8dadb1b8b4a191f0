// Which file it is, shows when it runs.
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(os.ReadFile(filepath.Join("config", os.Args[1])))
}
