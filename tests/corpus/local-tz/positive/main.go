// finds: the local time
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println(time.Now().Format(time.RFC3339))
}
