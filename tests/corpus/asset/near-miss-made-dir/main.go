// It makes a folder that isn't constant before: that of the file, by filepath.Dir.
// finds (info): folder "/srv/app"
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

//go:noinline
func create(path string) {
	fmt.Println(os.MkdirAll(filepath.Dir(path), 0o700))
	fmt.Println(os.Create(path))
}

//go:noinline
func prepare(path string) {
	fmt.Println(os.MkdirAll(filepath.Dir(path), 0o700))
}

func main() {
	create("/var/lib/app/state")
	create("/var/log/app/log")
	prepare("/srv/app/index")
	fmt.Println(os.Create("/srv/app/index"))
}
