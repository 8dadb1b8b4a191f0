// It names a file below /tmp, but opens another; and the folder itself is nobody's.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("/tmp/app.lock is for others")
	fmt.Println(os.Open("/tmpfiles/app"))
	fmt.Println(os.ReadDir("/tmp"))
}
