// A function of Windows that removes files, called by golang.org/x/sys and by the program itself.
// targets: windows/amd64
// go: 1.21
// finds (info): files that it may open by system calls of its own
package main

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

var deletes = windows.NewLazySystemDLL("kernel32.dll").NewProc("DeleteFileW")

func main() {
	path, _ := windows.UTF16PtrFromString(os.Args[1])
	fmt.Println(windows.DeleteFile(path))
	fmt.Println(deletes.Call(uintptr(unsafe.Pointer(path))))
}
