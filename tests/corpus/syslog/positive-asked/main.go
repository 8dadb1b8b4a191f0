// finds: the system log
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"log/syslog"
	"os"
)

func main() { fmt.Println(syslog.Dial(os.Args[1], os.Args[2], syslog.LOG_INFO, "example")) }
