// Which file it is, shows when it runs; those that it writes are in a folder that it makes.
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(os.ReadFile(filepath.Join(os.Args[1], "config", os.Args[2])))
	fmt.Println(os.MkdirAll("/var/lib/app", 0o700))
	fmt.Println(os.Create("/var/lib/app/" + os.Args[3]))
	fmt.Println(os.Open("/var/lib/app/" + os.Args[4]))
	fmt.Println(os.Open("./" + os.Args[5]))
}
