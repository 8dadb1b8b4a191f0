// Needs the time zones, which it says behind as many lines as its argument says.
package main

import (
	"log"
	"os"
	"strconv"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		// Nothing where it is no number.
		lines, _ := strconv.Atoi(os.Args[1])
		for range lines {
			log.Print("all is well, and nobody would like to read this line")
		}
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		log.Fatal(err)
	}
	log.Print(zone)
}
