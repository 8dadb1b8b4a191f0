// The function is only a value, which nobody calls directly.
// finds: the user's home folder
package main

import (
	"fmt"
	"os"
)

var folders = map[string]func() (string, error){
	"home": os.UserHomeDir,
}

func main() {
	fmt.Println(folders[os.Args[1]]())
}
