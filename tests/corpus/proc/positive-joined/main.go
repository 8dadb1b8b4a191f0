// Which process it is, shows when it runs.
// finds: /proc
// targets: linux/amd64 linux/arm64
// go: 1.18
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadFile(fmt.Sprintf("/proc/%d/stat", os.Getppid())))
}
