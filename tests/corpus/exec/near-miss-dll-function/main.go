// A function of another name.
// targets: windows/amd64
// go: 1.18
package main

import (
	"fmt"
	"syscall"
)

func main() {
	fmt.Println(syscall.NewLazyDLL("shell32.dll").NewProc("ShellAboutW").Call())
}
