// What is run in place of the program itself is a path.
// finds: /usr/bin/less
// finds: /usr/bin/vi
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	fmt.Println(os.StartProcess("/usr/bin/vi", nil, &os.ProcAttr{}))
	fmt.Println(syscall.Exec("/usr/bin/less", nil, nil))
}
