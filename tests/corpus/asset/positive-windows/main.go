// Windows has none of these folders.
// finds: file "/dev/urandom"
// finds: file "/proc/self/status"
// finds: folder "/tmp"
// finds: file "\data\app.yaml"
// finds: file "\\.\pipe\docker_engine"
// targets: windows/amd64
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.Open("/dev/urandom"))
	fmt.Println(os.ReadFile("/proc/self/status"))
	fmt.Println(os.Create("/tmp/app.log"))
	fmt.Println(os.ReadFile(`\data\app.yaml`))
	fmt.Println(os.OpenFile(`\\.\pipe\docker_engine`, os.O_RDWR, 0))
}
