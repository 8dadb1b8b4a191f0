// finds: /proc/meminfo
// finds: /sys/class/net
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadFile("/proc/meminfo"))
	fmt.Println(os.ReadDir("/sys/class/net"))
}
