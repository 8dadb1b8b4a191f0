// The name is handed to Windows as it wants it. It is put away in between, so something else may be meant as well.
// targets: windows/amd64
// go: 1.26
// finds: C:\App\tool.exe
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"syscall"
)

func main() {
	name, err := syscall.UTF16PtrFromString(`C:\App\tool.exe`)
	if err != nil {
		panic(err)
	}
	var startup syscall.StartupInfo
	var process syscall.ProcessInformation
	fmt.Println(syscall.CreateProcess(name, nil, nil, nil, false, 0, nil, nil, &startup, &process))
}
