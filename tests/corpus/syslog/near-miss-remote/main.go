// The log of another machine.
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"log/syslog"
)

func main() { fmt.Println(syslog.Dial("udp", "192.0.2.1:514", syslog.LOG_INFO, "example")) }
