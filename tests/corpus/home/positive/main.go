// finds: the user's home folder
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.UserHomeDir())
}
