// It changes whose a file is, and asks for others by functions of package syscall.
// finds: file "/var/lib/app/state"
// finds: file "/var/lib/app/socket"
// finds (info): file "/run/app.pid"
// finds (info): file "/etc/app.conf"
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	fmt.Println(os.Chown("/var/lib/app/state", 1000, 1000))
	fmt.Println(syscall.Chmod("/var/lib/app/socket", 0o600))
	fmt.Println(os.Remove("/run/app.pid"))
	fmt.Println(syscall.Access("/etc/app.conf", 4))
}
