// It opens a file by the number of a system call, outside Linux.
// go: 1.26
// targets: darwin/arm64
// finds (info): files that it may open by system calls of its own
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

func main() {
	path, err := syscall.BytePtrFromString(os.Args[1])
	if err != nil {
		return
	}
	fmt.Println(syscall.Syscall(syscall.SYS_OPEN, uintptr(unsafe.Pointer(path)), 0, 0))
}
