// finds: file "/var/run/dbus/system_bus_socket"
// finds: file "/run/systemd/private"
// go: 1.20
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"

	"github.com/godbus/dbus/v5"
)

func main() {
	fmt.Println(dbus.SystemBus())
	fmt.Println(dbus.Dial("unix:path=/run/systemd/private"))
}
