// The variable that is called with a name starts with a function that opens nothing; the one that is only
// handed on and asked about is not called there.
package main

import (
	"fmt"
	"os"
)

var pages = map[string]string{"page.html": "<p>hello"}

var readPage = func(name string) string { return pages[name] }

var open = os.Open

type opener struct {
	name string
	open func(string) (*os.File, error)
}

//go:noinline
func describe(opener *opener, name string) string {
	return opener.name + name
}

func main() {
	fmt.Println(readPage("page.html"))
	if len(os.Args) > 1 && open != nil {
		fmt.Println(open(os.Args[1]))
	}
	fmt.Println(describe(&opener{"the user's ", open}, "file.txt"))
}
