// The variable starts with a zone that is always there, and may be set to another one.
// finds: time zones
// targets: linux/amd64 linux/arm64 windows/amd64
package main

import (
	"flag"
	"fmt"
	"time"
)

var zone = "UTC"

func main() {
	flag.StringVar(&zone, "zone", zone, "the time zone")
	flag.Parse()
	fmt.Println(time.LoadLocation(zone))
}
