// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"
)

func main() {
	dialer := &net.Dialer{Timeout: time.Second}
	fmt.Println(dialer.DialContext(context.Background(), "tcp", os.Args[1]))
}
