// Folders below the current one; the folders that are made are others.
// finds: folder "logs"
// finds: folder "data/cache"
package main

import (
	"fmt"
	"os"
)

//go:noinline
func prepare(path string) error {
	return os.MkdirAll(path, 0o700)
}

func main() {
	fmt.Println(os.Create("logs/app.log"))
	fmt.Println(os.Create("./data/cache/a"))
	fmt.Println(os.Create("./plain"))
	// Neither is the folder of a file, nor below one.
	fmt.Println(prepare("logs2"), prepare("data"))
}
