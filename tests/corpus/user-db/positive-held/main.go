// Only a table has the function.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: the list of users
package main

import (
	"fmt"
	"os"
	"os/user"
)

var lookUps = []func(string) (*user.User, error){user.Lookup, user.LookupId}

func main() { fmt.Println(lookUps[len(os.Args)%2]("nobody")) }
