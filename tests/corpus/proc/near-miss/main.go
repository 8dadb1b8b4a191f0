// Go's runtime reads /sys for itself, and os finds out at the start where the program lies.
package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	fmt.Println(runtime.NumCPU(), os.Getpid(), "/proc/self/exe")
	fmt.Println(os.Open("/processes/1"))
}
