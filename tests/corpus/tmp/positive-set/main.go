// It sets the variable itself; whether it always does so before doesn't show.
// go: 1.26
// finds: the folder for temporary files
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println(os.Setenv("TMPDIR", "/data"), os.Setenv("TMP", `C:\data`))
	}
	fmt.Println(os.CreateTemp("", "x"))
}
