// The same with DLLs of Windows, one of which a variable stands for.
// targets: windows/amd64
// go: 1.18
// finds no: DLLs whose names don't show
package main

import (
	"fmt"
	"syscall"
)

var kernel = syscall.NewLazyDLL("kernel32.dll")

//go:noinline
func ticks() *syscall.LazyProc { return kernel.NewProc("GetTickCount64") }

func main() {
	fmt.Println(syscall.NewLazyDLL("ntdll.dll").NewProc("RtlGetVersion").Call())
	fmt.Println(ticks().Call())
}
