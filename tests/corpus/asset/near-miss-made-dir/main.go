// It makes the folders of its files by filepath.Dir before; which one that is isn't known behind
// a variable.
// finds (info) since 1.18: folder "/opt/app"
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

func direct() {
	fmt.Println(os.MkdirAll(filepath.Dir("/var/cache/app/index"), 0o700))
	fmt.Println(os.Create("/var/cache/app/index"))
}

func chosen() {
	fmt.Println(os.MkdirAll(filepath.Join("/opt", os.Args[0]), 0o700))
	fmt.Println(os.Create("/opt/app/index"))
}

func main() {
	create("/var/lib/app/state")
	create("/var/log/app/log")
	prepare("/srv/app/index")
	fmt.Println(os.Create("/srv/app/index"))
	direct()
	chosen()
}
