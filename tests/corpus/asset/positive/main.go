// finds: file "config/app.yaml"
// finds: file "/var/lib/app/state"
// finds: file "locales"
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadFile("config/app.yaml"))
	fmt.Println(os.Open("/var/lib/app/state"))
	fmt.Println(os.ReadDir("locales"))
}
