// finds: the folder for configuration
// finds: the folder for caches
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.UserConfigDir())
	fmt.Println(os.UserCacheDir())
}
