// It opens a file by a system call of its own: the path is in no text.
// finds (info): files that it may open by system calls of its own
// targets: linux/amd64 linux/arm64
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
	current := -100
	fmt.Println(syscall.Syscall6(syscall.SYS_OPENAT, uintptr(current), uintptr(unsafe.Pointer(path)), 0, 0, 0, 0))
}
