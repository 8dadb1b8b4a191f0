// The paths are handed to Windows as it wants them.
// targets: windows/amd64
// go: 1.26
// finds: file "C:\App\app.cfg"
// finds: folder "C:\App\log"
// finds: folder "C:\App\old"
// finds (info): file "C:\App\lock"
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"os"
	"syscall"
)

//go:noinline
func opened() error {
	name, err := syscall.UTF16PtrFromString(`C:\App\app.cfg`)
	if err != nil {
		return err
	}
	_, err = syscall.CreateFile(name, syscall.GENERIC_READ, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	return err
}

//go:noinline
func made() error {
	name := syscall.StringToUTF16Ptr(`C:\App\log\app.log`)
	_, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.CREATE_ALWAYS, 0, 0)
	return err
}

//go:noinline
func lookedFor() (uint32, error) {
	return syscall.GetFileAttributes(syscall.StringToUTF16Ptr(`C:\App\lock`))
}

//go:noinline
func moved() error {
	from := syscall.StringToUTF16Ptr(`C:\App\old.cfg`)
	to := syscall.StringToUTF16Ptr(`C:\App\old\app.cfg`)
	return syscall.MoveFile(from, to)
}

//go:noinline
func given(name *uint16) error {
	_, err := syscall.CreateFile(name, syscall.GENERIC_READ, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	return err
}

func main() {
	fmt.Println(opened(), made(), moved())
	fmt.Println(lookedFor())
	fmt.Println(given(syscall.StringToUTF16Ptr(os.Args[1])))
}
