// What loads the DLL is made where it is used, and by a function that is called with the name.
// targets: windows/amd64
// go: 1.18
// finds: wpcap.dll
// finds: wintun.dll
package main

import (
	"fmt"
	"syscall"
)

//go:noinline
func function(dll, name string) *syscall.LazyProc {
	return syscall.NewLazyDLL(dll).NewProc(name)
}

func main() {
	fmt.Println(syscall.NewLazyDLL("wpcap.dll").NewProc("pcap_open_live").Call())
	fmt.Println(function("wintun.dll", "WintunOpenAdapter").Call())
}
