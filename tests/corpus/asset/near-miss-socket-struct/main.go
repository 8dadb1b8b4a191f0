// It connects to a socket whose path is in a struct, by package syscall.
// finds (info): sockets whose paths don't show
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"syscall"
)

func main() {
	socket, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return
	}
	fmt.Println(syscall.Connect(socket, &syscall.SockaddrUnix{Name: "/run/app.sock"}))
}
