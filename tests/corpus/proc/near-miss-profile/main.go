// A profile names the files that are loaded, and is one without that, too.
// targets: linux/amd64 linux/arm64
// finds (info): /proc/self/maps (for profiles)
package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

func main() {
	fmt.Println(pprof.StartCPUProfile(os.Stdout))
	pprof.StopCPUProfile()
}
