// Such a variable is one of Windows, and another is never used.
// targets: windows/amd64
// go: 1.26
package main

import (
	"fmt"
	"syscall"
)

var (
	sechost = syscall.LazyDLL{Name: "sechost.dll"}
	pcap    = syscall.LazyDLL{Name: "wpcap.dll"}
)

func main() { fmt.Println(sechost.Load(), pcap.Name) }
