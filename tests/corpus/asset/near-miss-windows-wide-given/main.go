// What it opens comes from another function; the only text that it makes itself is that of a device.
// targets: windows/amd64
// go: 1.26
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"os"
	"syscall"
)

//go:noinline
func userPath() (*uint16, error) { return syscall.UTF16PtrFromString(os.Args[1]) }

func main() {
	console, err := syscall.UTF16PtrFromString("CONOUT$")
	if err != nil {
		panic(err)
	}
	_, err = syscall.CreateFile(console, 0, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	fmt.Println(err)
	name, err := userPath()
	if err != nil {
		panic(err)
	}
	_, err = syscall.CreateFile(name, 0, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	fmt.Println(err)
}
