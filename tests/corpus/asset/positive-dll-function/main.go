// Functions of Windows that open files, asked for by name: of a variable, and in one expression.
// targets: windows/amd64
// go: 1.21
// finds: file "data.txt"
// finds (info): files that it may open by system calls of its own
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

var deletes = syscall.NewLazyDLL("kernel32.dll").NewProc("DeleteFileW")

func main() {
	path, _ := syscall.UTF16PtrFromString(`C:\app\data.txt`)
	fmt.Println(deletes.Call(uintptr(unsafe.Pointer(path))))
	fmt.Println(os.ReadFile("data.txt"))
}
