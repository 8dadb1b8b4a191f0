// Resolve looks up a name and a user: the two things for which Go asks the C library where it can.
package main

import (
	"fmt"
	"net"
	"os/user"
)

func main() {
	fmt.Println(net.LookupHost("localhost"))
	fmt.Println(user.Current())
}
