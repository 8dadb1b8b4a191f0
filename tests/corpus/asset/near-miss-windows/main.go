// What it makes itself, devices, and addresses that are no files.
// targets: windows/amd64
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	fmt.Println(os.Create("app.log"))
	fmt.Println(os.MkdirAll("logs/old/", 0o700))
	fmt.Println(os.Create("logs/app.log"))
	fmt.Println(os.OpenFile("NUL", os.O_RDWR, 0))
	fmt.Println(os.Open("CONIN$"))
	fmt.Println(os.ReadDir("."))
	fmt.Println(os.ReadDir("./"))
	fmt.Println(os.ReadDir("/"))
	fmt.Println(os.ReadDir(`C:\`))
	fmt.Println(net.Dial("tcp", "example.com:80"))
}
