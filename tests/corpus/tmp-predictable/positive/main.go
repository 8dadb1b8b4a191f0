// finds: /tmp/app.lock
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.WriteFile("/tmp/app.lock", nil, 0o600))
}
