// As golang.org/x/sys has it: of the folder of Windows only, which others put DLLs into, too.
// targets: windows/amd64
// go: 1.21
// finds: vmcompute.dll
package main

import (
	"fmt"

	"golang.org/x/sys/windows"
)

var compute = windows.NewLazySystemDLL("vmcompute.dll")

func main() { fmt.Println(compute.Load()) }
