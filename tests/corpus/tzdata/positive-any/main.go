// The zone is not known before it runs.
// finds: time zones
// targets: linux/amd64 linux/arm64 windows/amd64
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	fmt.Println(time.LoadLocation(os.Args[1]))
}
