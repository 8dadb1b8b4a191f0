// A program that knows the message, as one that explains errors does.
package main

import "fmt"

func main() {
	fmt.Println("Binary was compiled with 'CGO_ENABLED=0', go-sqlite3 requires cgo to work. This is a stub")
}
