// Needs the time zones.
package main

import (
	"log"
	"time"
)

func main() {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		log.Fatal(err)
	}
	log.Print(zone)
}
