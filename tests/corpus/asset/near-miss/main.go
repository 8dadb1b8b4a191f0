// What it makes itself, devices, and addresses that are no files.
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	fmt.Println(os.Create("app.log"))
	fmt.Println(os.OpenFile("app.journal", os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600))
	fmt.Println(os.OpenFile("/dev/null", os.O_RDWR, 0))
	fmt.Println(os.Open("/dev/urandom"))
	fmt.Println(os.ReadDir("."))
	fmt.Println(net.Dial("tcp", "example.com:80"))
}
