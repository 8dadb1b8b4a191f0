// Which files they are, shows when it runs; where they lie is constant.
// finds: files below "config"
// finds: files below "/etc/app"
// finds: files below "/usr/share/app"
// finds: folder "/var/lib/app"
// go: 1.18
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(os.ReadFile(filepath.Join("config", os.Args[1])))
	fmt.Println(os.ReadFile("/etc/app/" + os.Args[2] + ".conf"))
	fmt.Println(os.Open(fmt.Sprintf("/usr/share/app/%s/index", os.Args[3])))
	fmt.Println(os.Create("/var/lib/app/state-" + os.Args[4]))
}
