// A table has the function for one of the folders; another one is asked for directly.
// go: 1.26
// finds: the user's home folder
// finds: the folder for configuration
package main

import (
	"fmt"
	"os"
)

var others = [...]func() (string, error){os.UserConfigDir, nil}

func main() {
	fmt.Println(os.UserHomeDir())
	fmt.Println(others[len(os.Args)-1]())
}
