// os/user asks for the home folder for its own ends.
package main

import (
	"fmt"
	"os/user"
)

func main() {
	u, err := user.Current()
	if err == nil {
		fmt.Println(u.Username)
	}
}
