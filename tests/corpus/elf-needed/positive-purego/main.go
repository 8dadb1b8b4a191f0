// A package that calls C without cgo; it hasn't any in it, but needs what C has.
// finds: libc.so.6
// finds: libdl.so.2
// finds: libpthread.so.0
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"

	"github.com/ebitengine/purego"
)

func main() { fmt.Println(purego.Dlopen("libexample.so.1", purego.RTLD_NOW)) }
