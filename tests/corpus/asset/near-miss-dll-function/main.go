// Functions of Windows that open no file, whoever calls them by their addresses.
// targets: windows/amd64
// go: 1.21
// finds no: files that it may open by system calls of its own
package main

import (
	"fmt"
	"syscall"
)

var (
	kernel = syscall.NewLazyDLL("kernel32.dll")
	ticks  = kernel.NewProc("GetTickCount64")
)

func main() {
	fmt.Println(ticks.Call())
	fmt.Println(syscall.NewLazyDLL("ntdll.dll").NewProc("RtlGetVersion").Call())
	fmt.Println(kernel.NewProc("CreateFileMappingW").Find())
	fmt.Println(syscall.MustLoadDLL("user32.dll").MustFindProc("GetDesktopWindow").Call())
}
