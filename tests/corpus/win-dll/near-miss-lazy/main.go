// Nothing is loaded before the program asks for it, and it can do without.
// targets: windows/amd64
package main

import (
	"fmt"
	"syscall"
)

func main() { fmt.Println(syscall.NewLazyDLL("libgcc_s_seh-1.dll").Load()) }
