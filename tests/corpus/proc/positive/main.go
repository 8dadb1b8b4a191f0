// finds: /proc/self/exe (where the program lies)
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.Executable())
}
