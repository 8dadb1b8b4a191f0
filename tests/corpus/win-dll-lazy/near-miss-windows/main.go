// Windows brings them, with and without the ending.
// targets: windows/amd64
package main

import (
	"fmt"
	"syscall"
)

var events = syscall.NewLazyDLL("wevtapi.dll")

func main() {
	fmt.Println(events.Load())
	fmt.Println(syscall.LoadDLL("ntdll"))
}
