// The text is there, but nobody asks for the variable.
package main

import "fmt"

func main() {
	fmt.Println("HOME", "set HOME to your folder")
}
