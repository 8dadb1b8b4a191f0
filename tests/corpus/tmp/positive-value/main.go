// The function that tells the folder is in a field of a variable.
// finds: the folder for temporary files
package main

import (
	"fmt"
	"os"
)

type places struct {
	name string
	dir  func() string
}

var scratch = places{name: "scratch", dir: os.TempDir}

//go:noinline
func show(places *places) {
	fmt.Println(places.name, places.dir())
}

func main() {
	show(&scratch)
}
