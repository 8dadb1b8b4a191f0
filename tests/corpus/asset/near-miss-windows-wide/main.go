// What it opens is a device, which is always there, and of the path it makes a text that it prints.
// targets: windows/amd64
// go: 1.26
package main

import (
	"fmt"
	"syscall"
)

//go:noinline
func device() error {
	name := syscall.StringToUTF16Ptr("CONOUT$")
	_, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	return err
}

func main() {
	name, err := syscall.UTF16PtrFromString(`C:\App\app.cfg`)
	fmt.Println(name, err, device())
}
