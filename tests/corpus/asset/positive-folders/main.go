// The files are its own; the folders that it makes them in aren't there.
// finds: folder "/var/lib/app"
// finds: folder "/var/log"
// finds: folder "/var/spool/app"
// finds: folder "/srv"
// go: 1.16
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.WriteFile("/var/lib/app/state.json", []byte("x"), 0o600))
	fmt.Println(os.OpenFile("/var/log/app.log", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600))
	fmt.Println(os.Create("/var/spool/app/job"))
	fmt.Println(os.Mkdir("/srv/app", 0o700))
}
