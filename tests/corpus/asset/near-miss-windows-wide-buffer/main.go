// It makes a folder on a drive that is always there; what it opens it puts together in a buffer, so the
// only text that it makes may be meant, and something else as well.
// targets: windows/amd64
// go: 1.26
// finds (info): file "C:\app"
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	folder, err := syscall.UTF16PtrFromString(`C:\app`)
	if err != nil {
		panic(err)
	}
	fmt.Println(syscall.CreateDirectory(folder, nil))
	buffer := make([]uint16, 260)
	end := copy(buffer, []uint16{'D', ':', '\\', 'x'})
	buffer[end] = uint16(len(os.Args))
	_, err = syscall.CreateFile(&buffer[0], 0, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	fmt.Println(err)
}
