// It makes the folders first, and those that are always there need nobody.
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"os"
)

//go:noinline
func prepare(path string) error {
	return os.MkdirAll(path, 0o700)
}

func main() {
	fmt.Println(os.MkdirAll("/var/lib/app", 0o700))
	fmt.Println(os.Create("/var/lib/app/state"))
	fmt.Println(os.MkdirAll("logs/old/", 0o700))
	fmt.Println(os.Create("logs/app.log"))
	fmt.Println(os.Mkdir("cache", 0o700))
	fmt.Println(os.Create("./cache/a"))
	fmt.Println(prepare("/srv/app/data"))
	fmt.Println(os.Create("/srv/app/index"))
	fmt.Println(os.Create("/app.lock"))
	fmt.Println(os.Create("/tmp/app.log"))
	fmt.Println(os.Create("/dev/shm/app"))
}
