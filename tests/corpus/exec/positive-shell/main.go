// What a shell is told to start isn't read.
// finds: sh
// finds (info): programs that sh starts
package main

import (
	"fmt"
	"os/exec"
)

func main() {
	fmt.Println(exec.Command("sh", "-c", "jq . values.json | xargs helm upgrade").Run())
}
