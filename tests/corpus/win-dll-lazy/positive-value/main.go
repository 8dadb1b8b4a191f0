// A variable is what loads the DLL, and no pointer to it; another one is made in a function.
// targets: windows/amd64
// go: 1.26
// finds: wpcap.dll
// finds: wintun.dll
package main

import (
	"fmt"
	"syscall"
)

var pcap = syscall.LazyDLL{Name: "wpcap.dll"}

//go:noinline
func local() error {
	dll := &syscall.LazyDLL{Name: "wintun.dll"}
	return dll.Load()
}

func main() { fmt.Println(pcap.Load(), local()) }
