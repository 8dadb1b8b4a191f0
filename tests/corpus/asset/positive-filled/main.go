// Files of other names are made in folders that have to be there.
// finds: folder "/var/lib/app"
// finds: folder "cache"
// go: 1.16
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.MkdirAll("/srv/app", 0o700))
	fmt.Println(os.CreateTemp("/srv/app", "part"))
	fmt.Println(os.CreateTemp("/var/lib/app", "part"))
	fmt.Println(os.MkdirTemp("cache", "part"))
	fmt.Println(os.CreateTemp(".", "part"))
}
