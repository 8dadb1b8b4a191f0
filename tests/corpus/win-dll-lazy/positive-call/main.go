// targets: windows/amd64
// finds: plugins\example.dll
package main

import (
	"fmt"
	"syscall"
)

func main() { fmt.Println(syscall.LoadDLL(`plugins\example.dll`)) }
