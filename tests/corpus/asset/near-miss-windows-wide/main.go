// What it opens is a device, or given to it, and of the paths it makes texts that it prints.
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

//go:noinline
func given(name *uint16) error {
	_, err := syscall.CreateFile(name, syscall.GENERIC_READ, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	fmt.Println(syscall.UTF16PtrFromString(`C:\App\other.cfg`))
	return err
}

func main() {
	name, err := syscall.UTF16PtrFromString(`C:\App\app.cfg`)
	fmt.Println(name, err, device(), given(name))
}
