// finds: the system log
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"log/syslog"
)

func main() { fmt.Println(syslog.NewLogger(syslog.LOG_INFO, 0)) }
