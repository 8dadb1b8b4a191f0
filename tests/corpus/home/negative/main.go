// The folder is told to it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(filepath.Join(os.Args[1], ".app"), os.Getenv("APP_HOME"))
}
