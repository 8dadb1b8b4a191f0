// It chooses the local time zone itself.
// finds (degrade): local time zone "Europe/Paris"
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	os.Setenv("TZ", "Europe/Paris")
	fmt.Println(time.Now())
}
