// A function of Windows that starts programs, asked for by name and called by its address.
// targets: windows/amd64
// go: 1.18
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"syscall"
)

func main() {
	fmt.Println(syscall.NewLazyDLL("shell32.dll").NewProc("ShellExecuteW").Call())
}
