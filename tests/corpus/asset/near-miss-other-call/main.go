// It makes a system call of its own that opens nothing, and connects to what is no file.
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"syscall"
)

func main() {
	fmt.Println(syscall.Syscall(syscall.SYS_GETPRIORITY, 0, 0, 0))
	fmt.Println(syscall.Connect(0, &syscall.SockaddrInet4{Port: 80}))
}
