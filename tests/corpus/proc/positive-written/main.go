// What the kernel is told needs its files, too.
// finds: /sys/class/gpio/export
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.WriteFile("/sys/class/gpio/export", []byte("4"), 0o200))
}
