// A function with more arguments than there are registers: the last text lies on the stack, where a
// path would have been before Go 1.17.
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"os"
)

var (
	header = "# begin"
	footer = "# end"
)

type input struct {
	path string
	data []byte
}

//go:noinline
func (in *input) show() {
	show(in.path, in.data, false, header, footer, 1)
}

//go:noinline
func show(path string, data []byte, bare bool, header, footer string, times int) {
	text, err := os.ReadFile(path)
	if !bare {
		fmt.Println(header)
	}
	fmt.Println(text, data, err, times)
	if !bare {
		fmt.Println(footer)
	}
}

func main() {
	(&input{os.Args[1], []byte("text")}).show()
}
