// The program is named by the line that it is called with; another name is put together.
// targets: windows/amd64
// go: 1.26
// finds: C:\Program Files\App\tool.exe
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os"
	"syscall"
)

//go:noinline
func start(name, line *uint16) error {
	var startup syscall.StartupInfo
	var process syscall.ProcessInformation
	return syscall.CreateProcess(name, line, nil, nil, false, 0, nil, nil, &startup, &process)
}

//go:noinline
func constant() error {
	var startup syscall.StartupInfo
	var process syscall.ProcessInformation
	line := syscall.StringToUTF16Ptr(`"C:\Program Files\App\tool.exe" --version`)
	return syscall.CreateProcess(nil, line, nil, nil, false, 0, nil, nil, &startup, &process)
}

func main() {
	fmt.Println(constant())
	fmt.Println(start(syscall.StringToUTF16Ptr(os.Args[0]), syscall.StringToUTF16Ptr("tool")))
}
