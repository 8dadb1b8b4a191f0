// finds: the system log
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"log/syslog"
)

func main() { fmt.Println(syslog.New(syslog.LOG_INFO, "example")) }
