// Interfaces and their addresses the kernel tells without /proc, and joins groups without it.
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println(net.Interfaces())
	one, err := net.InterfaceByIndex(1)
	if err == nil {
		fmt.Println(one.Addrs())
	}
	group := &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}
	fmt.Println(net.ListenMulticastUDP("udp4", one, group))
}
