// The function that makes a folder is in a field of a variable: where it is called shows when it runs.
// finds (info): temporary files in a folder that is not constant
// go: 1.16
package main

import (
	"fmt"
	"os"
)

type maker struct {
	name string
	make func(folder, pattern string) (string, error)
}

var scratch = maker{name: "scratch", make: os.MkdirTemp}

//go:noinline
func show(maker *maker, folder string) {
	fmt.Println(maker.make(folder, maker.name))
}

func main() {
	show(&scratch, os.Args[1])
}
