// It sets the variable itself; whether it always does so before doesn't show.
// go: 1.26
// finds: the user's home folder
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println(os.Setenv("HOME", "/data"), os.Setenv("USERPROFILE", `C:\data`))
	}
	fmt.Println(os.UserHomeDir())
}
