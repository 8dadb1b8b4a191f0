// finds: file "/var/run/docker.sock"
// finds: file "/run/app.sock"
package main

import (
	"fmt"
	"net"
	"time"
)

func main() {
	fmt.Println(net.Dial("unix", "/var/run/docker.sock"))
	dialer := &net.Dialer{Timeout: time.Second}
	fmt.Println(dialer.Dial("unix", "/run/app.sock"))
}
