// It writes where it is told to.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.Create(os.Args[1]))
}
