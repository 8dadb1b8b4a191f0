// musl's loader is there for the build mode only.
// targets: linux/amd64 linux/arm64
// buildmode: pie
// ldflags: -I=/lib/ld-musl-example.so.1
package main

import "fmt"

func main() { fmt.Println("hello") }
