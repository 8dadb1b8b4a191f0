// The local time brings time.loadLocation with it, in nearly every program.
package main

import (
	"fmt"
	"log"
	"time"
)

func main() {
	log.Println("started")
	fmt.Println(time.Now().In(time.FixedZone("Europe/Paris", 3600)))
}
