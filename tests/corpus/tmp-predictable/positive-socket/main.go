// finds: /tmp/app.sock
// finds: /var/tmp/app.log
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	fmt.Println(net.Listen("unix", "/tmp/app.sock"))
	fmt.Println(os.OpenFile("/var/tmp/app.log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600))
}
