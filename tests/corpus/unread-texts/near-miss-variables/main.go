// The names are constant, though a function is between; one that isn't is of a variable that is set.
// go: 1.26
package main

import (
	"fmt"
	"os"
)

//go:noinline
func get(name, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}

func main() {
	fmt.Println(get("APP_CONFIG", "none"), get("APP_MODE", "plain"))
	fmt.Println(os.Setenv(os.Args[0], "set"))
}
