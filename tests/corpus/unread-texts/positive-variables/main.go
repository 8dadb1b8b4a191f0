// The names of variables come from somewhere else.
// go: 1.26
// finds: environment variables whose names don't show
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	for _, name := range os.Args {
		fmt.Println(os.Getenv("APP_" + strings.ToUpper(name)))
	}
}
