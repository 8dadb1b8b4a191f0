// A variable of a package names the DLL, and nobody calls what makes it.
// targets: windows/amd64
// go: 1.21
// finds: wpcap.dll
package main

import (
	"fmt"
	"syscall"
)

var (
	pcap = syscall.NewLazyDLL("wpcap.dll")
	open = pcap.NewProc("pcap_open_live")
)

func main() { fmt.Println(open.Find()) }
