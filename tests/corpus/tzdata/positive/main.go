// finds: time zone "Europe/Paris"
// targets: linux/amd64 linux/arm64 windows/amd64
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println(time.LoadLocation("Europe/Paris"))
}
