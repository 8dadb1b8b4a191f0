// finds: the folder for temporary files
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.CreateTemp("", "app"))
}
