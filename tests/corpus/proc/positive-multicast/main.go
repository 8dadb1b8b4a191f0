// Which groups an interface is in Go's package net reads in /proc.
// targets: linux/amd64 linux/arm64
// finds (degrade): /proc/net/igmp and /proc/net/igmp6 (the groups of multicast)
package main

import (
	"fmt"
	"net"
)

func main() {
	one, err := net.InterfaceByIndex(1)
	if err == nil {
		fmt.Println(one.MulticastAddrs())
	}
}
