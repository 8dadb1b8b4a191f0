// The context comes first, and one name is not known before it runs.
// finds: tar
// finds: programs whose names are not constant
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	ctx := context.Background()
	fmt.Println(exec.CommandContext(ctx, "tar", "-x").Run())
	fmt.Println(exec.Command(os.Args[1]).Run())
}
