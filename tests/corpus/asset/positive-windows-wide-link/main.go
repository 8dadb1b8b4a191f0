// A link to a file wants that, and the folder that it is made in.
// targets: windows/amd64
// go: 1.26
// finds: file "C:\App\app.cfg"
// finds: folder "C:\App\link"
package main

import (
	"fmt"
	"syscall"
)

//go:noinline
func toFile(link *uint16) error {
	return syscall.CreateHardLink(link, syscall.StringToUTF16Ptr(`C:\App\app.cfg`), 0)
}

//go:noinline
func inFolder(file *uint16) error {
	return syscall.CreateHardLink(syscall.StringToUTF16Ptr(`C:\App\link\app.cfg`), file, 0)
}

func main() {
	fmt.Println(toFile(syscall.StringToUTF16Ptr(`app.cfg`)))
	fmt.Println(inFolder(syscall.StringToUTF16Ptr(`app.cfg`)))
}
