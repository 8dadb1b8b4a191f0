// Only Linux has files of the kernel there.
// finds: file "/proc/self/status"
// targets: darwin/arm64
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadFile("/proc/self/status"))
}
