// The package is imported for a type, and opens nothing.
package main

import (
	"fmt"
	"plugin"
)

func main() {
	var symbol plugin.Symbol = "example"
	fmt.Println(symbol)
}
