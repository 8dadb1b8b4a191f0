// It makes such a text of the name of a program, and only prints it.
// targets: windows/amd64
// go: 1.26
package main

import (
	"fmt"
	"syscall"
)

func main() {
	name, err := syscall.UTF16PtrFromString(`C:\App\tool.exe`)
	fmt.Println(name, err)
}
